import threading


class Sum:
    def __init__(self):
        self.value = 0

    def add(self, number):
        self.value += number


results = []
lock = threading.Lock()


def work(factor):
    found, cells = Sum(), [0] * 100
    for row in range(900):
        for column in range(30):
            found.add(row * column % factor)
            cells[column] += row
    with lock:
        results.append(found.value)


if __name__ == "__main__":
    threads = [threading.Thread(target=work, args=(factor,)) for factor in (5, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
