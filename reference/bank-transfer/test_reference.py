import pytest


def test_no_money_is_lost(explore, call):
    assert call("in_turn", [100, 0], (0, 1, 70), (0, 1, 70), (1, 0, 70), (0, 1, 100), (0, 1, 1)) == ([True, False, True, True, False], [0, 100])
    explore("at_once", [100, 100, 0], (0, 2, 20), (1, 2, 5)).always(lambda run: run.value == ([True, True], [80, 95, 25]), "两个人转给同一个人")


def test_nobody_waits_for_ever(explore):
    explore("at_once", [100, 100], (0, 1, 20), (1, 0, 5)).always(lambda run: run.value == ([True, True], [85, 115]), "你转给我,我转给你")


@pytest.mark.parametrize("target", [1, 2])
def test_never_overdrawn(explore, target):
    explore("at_once", [100, 0, 0], (0, 1, 70), (0, target, 70)).always(
        lambda run: sorted(run.value[0]) == [False, True] and sorted(run.value[1]) == [0, 30, 70], "100 元只够转一次 70")


def test_to_oneself(call):
    assert call("in_turn", [100, 5], (0, 0, 20), (1, 1, 20), (0, 1, 20))[1] == [80, 25]


def test_three_in_a_circle(explore):
    explore("at_once", [10, 20, 30], (0, 1, 1), (1, 2, 2), (2, 0, 3)).always(lambda run: run.value == ([True] * 3, [12, 19, 29]), "三个人转一圈")
