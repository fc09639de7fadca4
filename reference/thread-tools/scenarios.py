from threading import Event, Thread


def from_main(student):
    """Two threads wait: what the main one sees. The names were given here."""
    return _while_two_wait(lambda: (student.snapshot(), student.others()))


def from_a_thread(student):
    """Two threads wait: what one that was started for it sees."""
    seen = []

    def look():
        asker = Thread(target=lambda: seen.append((student.snapshot(), student.others())), name="悟空")
        asker.start()
        asker.join()

    _while_two_wait(look)
    return seen[0]


def before_and_after(student):
    """What the main thread sees before there are others, while two wait, and after they ended."""
    before = student.snapshot(), student.others()
    between = _while_two_wait(lambda: (student.snapshot(), student.others()))
    return before, between, (student.snapshot(), student.others())


def _while_two_wait(look):
    go = Event()
    threads = [Thread(target=go.wait, name=name) for name in ("太白", "哪吒")]
    for thread in threads:
        thread.start()
    seen = look()
    go.set()
    for thread in threads:
        thread.join()
    return seen
