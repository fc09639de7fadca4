import pytest

TASKS = ["扫地", "擦窗"]


@pytest.fixture
def two(explore):
    return explore("day", 2, TASKS, watch="note")


def acts(run, act):
    return [e for e in run.events("note") if e.act == act]


def done(run, tasks=TASKS):
    """Each task once, all before the pool is closed."""
    return sorted(e.about for e in acts(run, "end")) == sorted(tasks) and run.events("note")[-1].act == "closed"


def test_everything_is_done(two):
    two.always(done, "close 返回的时候,每个任务都做了一次")


def test_n_threads(two, explore):
    two.ever(lambda run: [e.act for e in run.events("note")][:2] == ["begin"] * 2, "两个任务都开始了,还没有一个做完")
    one = explore("day", 1, TASKS, watch="note")
    one.always(lambda run: {e.task for e in acts(run, "begin")} != {"main"} and len({e.task for e in acts(run, "begin")}) == 1,
               "池子里只有一个线程,两个任务都是它做的")


def test_close_ends_the_workers(two, explore):
    two.always(lambda run: [e.left for e in acts(run, "closed")] == [0] and acts(run, "end") != [], "close 返回的时候,工作线程都结束了")
    explore("day", 2, ["扫地"], watch="note").always(
        lambda run: [e.left for e in acts(run, "closed")] == [0] and done(run, ["扫地"]), "任务比线程少也关得了")


def test_two_hand_in_at_once(explore):
    explore("two_hand_in", 1, watch="note").always(done, "两个线程交的任务都做了")


def test_a_task_that_raises(explore):
    broken = explore("one_raises", 1, watch="note")
    broken.always(lambda run: done(run, ["打碎花瓶", "扫地"]), "一个任务出了异常,其他的照样做完")
