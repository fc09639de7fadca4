from stage import note, together


class Door:
    """A lock of the student's that notes each time it was taken and let go."""

    def __init__(self, lock):
        self.lock = lock

    def acquire(self, *args, **kwargs):
        got = self.lock.acquire(*args, **kwargs)
        if got:
            note("acquire")
        return got

    def release(self):
        note("release")
        self.lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


def going_home(student, depth, people=1):
    """So many threads go through the doors of one lock."""
    door = Door(student.make_lock())

    def work():
        note("in")
        note("out")

    together(*[lambda: student.nested(door, depth, work)] * people)


def falling_down(student, depth):
    """`work` raises; what came out of `nested`, and whether another thread can get in afterwards."""
    door = Door(student.make_lock())

    def work():
        note("in")
        raise KeyError("钥匙")

    def inside():
        try:
            student.nested(door, depth, work)
        except KeyError as error:
            return error.args[0]

    return *together(inside), *together(lambda: door.lock.acquire(blocking=False))
