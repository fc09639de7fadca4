import os
import time
from multiprocessing import active_children

from stage import note


def workers(student, names):
    """The first has more to do than the others; the value is how many are still at it when run_all returns."""
    home = os.getpid()

    def work(name):
        note(name, in_a_child=os.getpid() != home)
        time.sleep(0.5 if name == names[0] else 0)

    student.run_all(names, work)
    return len(active_children())
