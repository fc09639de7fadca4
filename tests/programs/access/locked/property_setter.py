import threading


class Heater:
    def __init__(self):
        self._degrees = 20
        self.lock = threading.Lock()

    @property
    def degrees(self):
        return self._degrees

    @degrees.setter
    def degrees(self, value):
        self._degrees = value


heater = Heater()


def warmer():
    with heater.lock:
        heater.degrees += 1


threads = [threading.Thread(target=warmer) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert heater.degrees == 22, heater.degrees
