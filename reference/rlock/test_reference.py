import pytest


def doors(run):
    return [event.about for event in run.events("note")]


def way(depth):
    return ["acquire"] * depth + ["in", "out"] + ["release"] * depth


def test_through_every_door(explore):
    explore("going_home", 3, watch="note").always(lambda run: doors(run) == way(3), "三道门都开,到家,再都关上")


def test_one_at_a_time(explore):
    explore("going_home", 2, 2, watch="note").always(
        lambda run: [about for about in doors(run) if about in ("in", "out")] == ["in", "out"] * 2, "一个人出去了,另一个才进来")


def test_doors_close_after_an_error(explore):
    explore("falling_down", 2, watch="note").always(lambda run: run.value == ("钥匙", True), "异常传出来了,锁也放开了")


@pytest.mark.parametrize("depth", [1, 10])
def test_any_depth(explore, depth):
    explore("going_home", depth, watch="note").always(lambda run: doors(run) == way(depth), "每道门都开都关")
