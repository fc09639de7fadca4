import threading


class Robot:
    built = 0

    def __init__(self, name):
        self.name = name
        Robot.built += 1


threads = [threading.Thread(target=Robot, args=(n,)) for n in ("r2", "c3", "bb")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert Robot.built == 3, Robot.built
