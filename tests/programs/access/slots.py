import threading


class Cell:
    __slots__ = ("value",)

    def __init__(self):
        self.value = 0


def fill(cell, n):
    cell.value += n


cell = Cell()
threads = [threading.Thread(target=fill, args=(cell, n)) for n in (1, 10)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert cell.value == 11, cell.value
