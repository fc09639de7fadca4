import pytest

NAMES = ["太白", "哪吒", "女娲", "后羿"]


def test_one_customer(call, inputs):
    tickets = inputs.randint(2, 99)
    assert call("one_customer", "太白", tickets) == (True, tickets - 1, True)
    assert call("one_customer", "太白", 1) == (True, 0, True)
    assert call("one_customer", "太白", 0) == (False, 0, True), "sold out: False, nothing changed, the lock given back"


def test_never_more_than_there_are(explore):
    rush = explore("rush", NAMES, 2, watch="note start join")
    rush.always(lambda run: sorted(e.about for e in run.events("note")) == sorted(NAMES), "everybody gets an answer")
    rush.always(lambda run: sorted(str(e.bought) for e in run.events("note")) == ["False", "False", "True", "True"], "two tickets, two happy customers")
    rush.always(lambda run: run.value == 0, "none left")


@pytest.mark.parametrize("when", ["before", "after"])
def test_reading_and_writing_in_one_go(call, when):
    assert call("overtaken", when) == ([False, True], 0)


def test_waits_while_somebody_writes(call):
    assert call("half_written") == (True, 0)
