import threading

items = []
taken = []
changed = threading.Condition()


def produce(number):
    for each in range(2):
        with changed:
            while items:
                changed.wait()
            items.append((number, each))
            changed.notify_all()


def consume():
    for _ in range(2):
        with changed:
            while not items:
                changed.wait()
            taken.append(items.pop(0))
            changed.notify_all()


if __name__ == "__main__":
    threads = [threading.Thread(target=produce, args=(number,)) for number in range(2)]
    threads += [threading.Thread(target=consume) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 4
