class Counter:
    def __init__(self, start=0):
        self.data = {"value": start}

    @property
    def value(self):
        return self.data["value"]

    def add(self, n):
        self.data["value"] += n

    def sub(self, n):
        self.data["value"] -= n
