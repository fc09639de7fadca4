import pytest
SECONDS = {"橘子": 0.9, "苹果": 0.6, "榴莲": 0.0}        # the last one sent is the first one back

@pytest.fixture
def shopping(explore):
    return explore("shopping", SECONDS, watch="note start join")

def test_each_in_a_child_of_its_own(shopping):
    shopping.always(lambda run: {e.about for e in run.events("note")} == set(SECONDS)
                    and len({e.task for e in run.events("note") if e.in_a_child}) == len(SECONDS))

def test_all_leave_before_anyone_is_waited_for(shopping):   # the parent's own order: holds in every schedule
    shopping.always(lambda run: [e.kind for e in run.events("start join")][:3] == ["start"] * 3)

def test_returns_when_all_are_back(shopping):               # under virtual time also: shopping.demo.seconds == 0.9
    shopping.always(lambda run: run.value == [0, 0, 0])
