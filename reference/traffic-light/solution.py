from threading import Lock


class TrafficLight:
    def __init__(self):
        self.green = 1
        self.lock = Lock()

    def carArrived(self, carId, roadId, direction, turnGreen, crossCar):
        with self.lock:
            if self.green != roadId:
                turnGreen()
                self.green = roadId
            crossCar()
