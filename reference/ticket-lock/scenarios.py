import json
from multiprocessing import Lock, Process

from stage import label, note

PATH = "ticket.json"


def one_customer(student, name, tickets):
    """What buy returned, how many tickets are left, whether the lock is free."""
    write(tickets)
    lock = Lock()
    return student.buy(name, PATH, lock), left(), lock.acquire(block=False)


def rush(student, names, tickets):
    """Everybody buys at once, each in a process; how many tickets are left."""
    write(tickets)
    lock = Lock()
    label(lock=lock)

    def customer(name):
        note(name, bought=student.buy(name, PATH, lock))

    customers = [Process(target=customer, args=(name,)) for name in names]
    for each in customers:
        each.start()
    for each in customers:
        each.join()
    return left()


def overtaken(student, when):
    """One ticket. While the first waits for the lock ("before"), or once it is given back ("after"), the second does all of its buying."""
    write(1)
    lock, bought = Lock(), {}

    def second():
        bought["哪吒"] = student.buy("哪吒", PATH, lock)

    bought["太白"] = student.buy("太白", PATH, Turns(lock, **{when: second}))
    return bought, left()


def half_written(student):
    """Somebody has the lock and has just emptied the file; the new text is there by the time the lock is free."""
    write("")
    return student.buy("太白", PATH, Turns(Lock(), before=lambda: write(1))), left()


class Turns:
    """A lock. `before` happens while it is waited for the first time, `after` when it has been given back the first time."""

    def __init__(self, lock, before=None, after=None):
        self.lock, self.before, self.after = lock, before, after

    def acquire(self, *args, **kwargs):
        before, self.before = self.before, None
        if before:
            before()
        return self.lock.acquire(*args, **kwargs)

    def release(self):
        self.lock.release()
        after, self.after = self.after, None
        if after:
            after()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self.release()


def write(tickets):
    with open(PATH, "w", encoding="utf-8") as file:
        file.write(json.dumps({"count": tickets}) if tickets != "" else "")


def left():
    with open(PATH, encoding="utf-8") as file:
        return json.load(file)["count"]
