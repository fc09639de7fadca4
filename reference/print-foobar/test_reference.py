import pytest


def printed(run):
    return "".join(event.about for event in run.events("note"))


@pytest.mark.parametrize("order", [("foo", "bar"), ("bar", "foo")])
def test_alternately(explore, order):
    explore("printing", 2, order, watch="note").always(lambda run: printed(run) == "foobarfoobar", "foobarfoobar")


@pytest.mark.parametrize("n", [1, 3])
def test_other_n(explore, n):
    explore("printing", n, watch="note").always(lambda run: printed(run) == "foobar" * n, "foobar, n times")


def test_another_object(explore):
    explore("printing", 1, ("bar", "foo"), 2, watch="note").always(
        lambda run: printed(run) == "foobarfoobar", "foobar, with each of two objects")
