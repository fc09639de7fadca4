import time
from threading import Event, Thread

from stage import note


def night(student):
    """A guard who walks once after a second and then stands there for ever, and two seconds of work. Whether each is a thread and a daemon."""
    def guard():
        time.sleep(1)
        note("guard")
        Event().wait()

    def work():
        time.sleep(2)
        note("work")

    threads = student.build(guard, work)
    note("main")
    return [(isinstance(thread, Thread), thread.daemon) for thread in threads]
