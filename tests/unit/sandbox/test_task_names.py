"""Names of tasks depend on who started them and in which order, never on who was faster."""

import threading

from sandbox.real.recorder import TaskNames


def test_each_task_counts_what_it_starts_itself():
    """Two threads that each start two more give the same four names, whatever the interleaving."""
    names = TaskNames()
    given = set()

    def start_two(name):
        names.enter(name)
        for kind in ("thread", "child"):
            given.add(names.fresh(kind))
        given.add(names.fresh("thread"))

    for name in (names.fresh("thread"), names.fresh("thread")):
        thread = threading.Thread(target=start_two, args=(name,))
        thread.start()
        thread.join()
    assert given == {f"thread {n}, {what}" for n in (1, 2) for what in ("thread 1", "thread 2", "child 1")}
    assert names.fresh("child") == "child 1"


def test_a_child_is_the_main_task_of_its_own_process():
    """After a fork its threads are named after it; forked by hand or by multiprocessing."""
    names = TaskNames()
    names.before_fork()
    names.in_child()
    assert names.current() == "child 1"
    assert names.fresh("thread") == "child 1, thread 1"
    names.local.child = names.fresh("child")
    names.before_fork()
    names.in_child()
    assert names.current() == "child 1, child 1"


def test_a_parent_goes_on_counting_after_a_fork():
    """The second child of the same task is the second, also when the first was forked by hand."""
    names = TaskNames()
    for number in (1, 2):
        names.before_fork()
        assert names.local.child == f"child {number}"
        names.after_fork()
