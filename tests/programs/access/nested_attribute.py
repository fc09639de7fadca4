import threading


class Engine:
    def __init__(self):
        self.fuel = 10


class Car:
    def __init__(self):
        self.engine = Engine()

    def drive(self, km):
        self.engine.fuel -= km


car = Car()
trips = [threading.Thread(target=car.drive, args=(km,)) for km in (3, 4)]
for t in trips:
    t.start()
for t in trips:
    t.join()
assert car.engine.fuel == 3
