import pytest

WORDS = ["煎饼", "豆浆", "油条", "豆浆"]


def test_fifo(explore):
    explore("one", "fifo", WORDS).always(lambda run: run.value == WORDS, "先放进去的先出来")


def test_lifo(explore):
    explore("one", "lifo", WORDS).always(lambda run: run.value == WORDS[::-1], "后放进去的先出来")


@pytest.mark.parametrize("numbers", [[3, 1, 2], [30, -1, 4, 200], []])
def test_priority(explore, numbers):
    items = [(n, f"第 {n} 号") for n in numbers]
    explore("one", "priority", items).always(lambda run: run.value == sorted(items), "数字小的先出来")


@pytest.mark.parametrize("things", [[{"n": 1}, {"n": 2}, {"n": 3}], ["丙", "乙", "甲"], [None, "乙", 7]])
def test_equal_priorities(explore, things):
    items = [(2, things[0]), (1, "先"), (2, things[1]), (2, things[2])]
    explore("one", "priority", items).always(
        lambda run: run.value == [items[1], items[0], *items[2:]], "优先级一样的,先放进去的先出来")


def test_two_threads_at_once(explore):
    explore("two", "fifo", ["甲", "乙"], ["一"]).always(lambda run: run.value == [["甲", "乙"], ["一"]], "各拿各的")


@pytest.mark.parametrize("kind", ["fifo", "lifo", "priority"])
def test_through_a_queue(explore, kind):
    one = explore("one", kind, [(2, "二"), (1, "一")], watch="put get")
    one.always(lambda run: [e.kind for e in run.events("put get")].count("put") >= 2, "两个都用 put 放进去")
    one.always(lambda run: [e.kind for e in run.events("put get")].count("get") >= 2, "两个都用 get 取出来")
