import threading

counter = 0
lock = threading.Lock()


def work():
    global counter
    for _ in range(3):
        with lock:
            counter += 1


if __name__ == "__main__":
    threads = [threading.Thread(target=work) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print("counter =", counter)
    assert counter == 6
