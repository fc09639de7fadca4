from threading import Semaphore

class TrafficLight(object):
    def __init__(self):
        self.sem = Semaphore(1)
        self.road = 1

    def carArrived(self, carId, roadId, direction, turnGreen, crossCar):
        """
        :type roadId: int
        :rtype: void
        """
        self.sem.acquire()
        if roadId != self.road:
            self.road = roadId
            turnGreen()
        crossCar()
        self.sem.release()
