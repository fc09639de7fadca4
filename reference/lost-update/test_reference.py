def test_no_addition_is_lost(explore):
    explore("at_once", ("add", 1), ("add", 5)).always(lambda run: run.value == 16, "10 + 1 + 5 = 16")


def test_add_and_sub_together(explore):
    explore("at_once", ("add", 5), ("sub", 2)).always(lambda run: run.value == 13, "10 + 5 - 2 = 13")
    explore("at_once", ("sub", 1), ("sub", 5)).always(lambda run: run.value == 4, "10 - 1 - 5 = 4")


def test_counts_as_before(call):
    assert call("in_turn", (), ("add", 3), ("sub", 5), ("add", 0), ("add", -1)) == [0, 3, -2, -2, -3]
    assert call("in_turn", (7,), ("sub", -2)) == [7, 9]


def test_counters_of_their_own(call):
    assert call("two_counters") == (7, 97)
