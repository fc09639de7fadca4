import threading

total = 0


def add():
    global total
    for _ in range(50):
        total = total + 1


if __name__ == "__main__":
    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
