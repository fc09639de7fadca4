import functools
import threading


class Piggy:
    def __init__(self):
        self.coins = 0

    def drop(self, n):
        self.coins += n


pig = Piggy()
five = functools.partial(pig.drop, 5)
threads = [threading.Thread(target=five), threading.Thread(target=functools.partial(pig.drop, n=2))]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert pig.coins == 7
