import time
from queue import Queue

from stage import note


def kitchen(student, m, n, items):
    """Room for two on the counter, and the last item takes its time. `put` and `eat` are noted, and that run has returned."""
    counter = Counter(items)

    def eat(item):
        time.sleep(0.05)
        note(item, act="eat")

    student.run(counter, m, n, list(items), eat)
    note("closed", act="close")


class Counter(Queue):
    def __init__(self, items):
        super().__init__(2)
        self.items = items

    def put(self, item, *args, **kwargs):
        note(item, act="put")
        if self.items and self.items[-1] in (item if isinstance(item, tuple | list) else [item]):
            time.sleep(0.3)
        super().put(item, *args, **kwargs)
