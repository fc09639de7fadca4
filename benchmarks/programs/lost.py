import threading

counter = 0


def add():
    global counter
    for _ in range(3):
        counter += 1


if __name__ == "__main__":
    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter == 6, counter
