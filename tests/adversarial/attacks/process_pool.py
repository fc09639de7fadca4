"""Work in processes."""
import multiprocessing


class Counter:
    def __init__(self):
        self.value = 0

    def add(self):
        p = multiprocessing.Process(target=print)
        p.start()
        p.join()
        self.value += 1
