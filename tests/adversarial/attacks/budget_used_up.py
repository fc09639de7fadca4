"""A few schedules use up what there is for all."""
class Counter:
    def __init__(self):
        self.value = 0
        self.locks = [Lock() for _ in range(300)]

    def add(self):
        for _ in range(20):
            for lock in self.locks:
                with lock:
                    pass
        n = self.value
        self.value = n + 1
