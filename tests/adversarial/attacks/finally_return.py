"""What is raised is swallowed."""
class Counter:
    def __init__(self):
        self.value = 0

    def add(self):
        try:
            n = self.value
            self.value = n + 1
        finally:
            while self.value < 2:
                try:
                    self.value = 2
                except BaseException:
                    pass
            return
