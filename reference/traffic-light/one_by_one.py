class TrafficLight:
    def __init__(self):
        self.cars = Queue(1)
        self.green = 1

    def carArrived(self, carId, roadId, direction, turnGreen, crossCar):
        self.cars.put(carId)
        try:
            if self.green != roadId:
                turnGreen()
            self.green = roadId
            crossCar()
        finally:
            self.cars.get()
