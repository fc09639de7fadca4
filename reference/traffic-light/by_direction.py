class TrafficLight:
    def __init__(self):
        self.lock = threading.RLock()
        self.green = [True, False]

    def carArrived(self, carId: int, roadId: int, direction: int,
                   turnGreen: 'Callable[[], None]', crossCar: 'Callable[[], None]') -> None:
        road = 0 if direction <= 2 else 1
        with self.lock:
            if not self.green[road]:
                self.turn(road, turnGreen)
            crossCar()

    def turn(self, road, turnGreen):
        with self.lock:
            turnGreen()
            self.green[road] = True
            self.green[1 - road] = False
