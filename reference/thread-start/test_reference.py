import pytest


@pytest.fixture
def both(explore):
    return explore("both", watch="note")


def begun(run):
    return [e for e in run.events("note") if e.act == "begin"]


def test_results_in_order(both):
    both.always(lambda run: run.value == ["result 0", "result 1"], "返回两个结果,按编号的顺序")


def test_each_in_a_thread_of_its_own(both):
    both.always(lambda run: sorted(e.about for e in begun(run)) == [0, 1], "work(0) 和 work(1) 各一次")
    both.always(lambda run: len({e.task for e in begun(run) if e.task != "main"}) == 2, "在两个不同的线程里")


def test_all_at_the_same_time(both):
    both.ever(lambda run: [e.act for e in run.events("note")][:2] == ["begin"] * 2, "两件事都开始了,还没有一件做完")


def test_however_long_it_takes(explore):
    explore("long", [90000, 86400, 30]).always(lambda run: run.value == ([0, 1, 4], [0, 1, 2]), "一整天也要等到做完")
