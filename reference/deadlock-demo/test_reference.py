import pytest

BOTH = frozenset({"noodle", "fork"})
FUNCTIONS = ["eat1", "eat2"]


def ate(run, *names):
    return sorted((e.about, frozenset(e.holds)) for e in run.events("note")) == sorted((name, BOTH) for name in names) and run.value == [True, True]


def test_some_schedule_deadlocks(explore):
    explore("table", "eat1", "eat2", expect="deadlock")


@pytest.mark.parametrize("eat", FUNCTIONS)
def test_one_alone_eats(explore, eat):
    explore("table", eat, watch="note").always(lambda run: ate(run, "太白"), "两样都拿着吃一次,吃完都放下")


@pytest.mark.parametrize("eat", FUNCTIONS)
def test_same_order_no_deadlock(explore, eat):
    explore("table", eat, eat, watch="note").always(lambda run: ate(run, "太白", "哪吒"), "两个人都吃到了")
