import threading


def snapshot():
    seen = []

    def look():
        seen.append((threading.active_count(), threading.current_thread().name))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return seen[0]


def others():
    me = threading.current_thread()
    return sorted(thread.name for thread in threading.enumerate() if thread is not me)
