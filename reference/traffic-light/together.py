from threading import Condition


class TrafficLight:
    def __init__(self):
        self.cond = Condition()
        self.green = 1
        self.crossing = 0

    def carArrived(self, carId, roadId, direction, turnGreen, crossCar):
        with self.cond:
            while self.green != roadId and self.crossing > 0:
                self.cond.wait()
            if self.green != roadId:
                turnGreen()
                self.green = roadId
            self.crossing += 1
        crossCar()
        with self.cond:
            self.crossing -= 1
            self.cond.notify_all()
