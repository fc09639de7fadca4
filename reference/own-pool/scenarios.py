from threading import active_count

from stage import note, together


def day(student, n, tasks):
    """Tasks to a pool of n: each is noted when it begins and when it ends; then that the pool is closed, and how many threads it left."""
    before = active_count()
    pool = student.ThreadPool(n)
    for name in tasks:
        pool.submit(_task, name)
    pool.close()
    note("pool", act="closed", left=active_count() - before)


def two_hand_in(student, n):
    """Two threads hand in a task each at the same time."""
    before = active_count()
    pool = student.ThreadPool(n)
    together(lambda: pool.submit(_task, "扫地"), lambda: pool.submit(_task, "擦窗"))
    pool.close()
    note("pool", act="closed", left=active_count() - before)


def one_raises(student, n):
    """The first task raises."""

    def breaks(what, number):
        note(what, act="end")
        raise ValueError(number)

    before = active_count()
    pool = student.ThreadPool(n)
    pool.submit(breaks, "打碎花瓶", 1)
    pool.submit(_task, "扫地")
    pool.close()
    note("pool", act="closed", left=active_count() - before)


def _task(name):
    note(name, act="begin")
    note(name, act="end")
