import threading


class Parking(threading.Semaphore):
    def __init__(self, n):
        super().__init__(n)
        self.max = n
        self.mutex = threading.Lock()
        self.now = 0

    def __enter__(self):
        super().__enter__()
        with self.mutex:
            self.now += 1
            assert self.now <= self.max
        return self

    def __exit__(self, *a):
        with self.mutex:
            self.now -= 1
        super().__exit__(*a)


p = Parking(2)


def car():
    with p:
        print("停车")


ts = [threading.Thread(target=car) for _ in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
