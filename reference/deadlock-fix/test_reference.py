import pytest

def test_no_schedule_deadlocks(explore):                     # a deadlock fails it by itself
    explore("table", "eat1", "eat2", watch="note").always(
        lambda run: {frozenset(e.holds) for e in run.events("note")} == {frozenset({"noodle", "fork"})}, "bite only with both in hand")

@pytest.mark.parametrize("first", ["eat1", "eat2"])
@pytest.mark.parametrize("second", ["eat1", "eat2"])
def test_everybody_eats(explore, first, second):
    explore("table", first, second, watch="note").always(
        lambda run: {e.about for e in run.events("note")} == {"太白", "哪吒"}, "both eat")
