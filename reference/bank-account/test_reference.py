def error(message):
    return ["ValueError", message]


CLOSED = error("account not open")


def test_one_customer(call):
    came = call("steps", ["open"], ["get_balance"], ["deposit", 100], ["deposit", 50], ["withdraw", 30], ["get_balance"], ["withdraw", 120],
                ["get_balance"], ["deposit", 70], ["close"], ["open"], ["get_balance"])
    assert came == [None, 0, None, None, None, 120, None, 0, None, None, None, 0]


def test_what_is_not_allowed(call):
    assert call("steps", ["get_balance"], ["deposit", 50], ["withdraw", 50], ["close"]) == [CLOSED] * 4
    assert call("steps", ["open"], ["open"], ["deposit", 25], ["deposit", -50], ["withdraw", -5], ["withdraw", 50], ["get_balance"]) == [
        None, error("account already open"), None, *[error("amount must be greater than 0")] * 2, error("amount must be less than balance"), 25]
    assert call("steps", ["open"], ["close"], ["get_balance"], ["deposit", 5], ["withdraw", 5], ["close"]) == [None, None, *[CLOSED] * 4]


def test_no_deposit_is_lost(explore):
    explore("customers", 1000, [5, -5], [7, -7], watch="").always(lambda run: run.value == ([[], []], 1000), "the balance is what it was")
    explore("customers", 10, [5], [7], watch="").always(lambda run: run.value == ([[], []], 22), "everything that was put in is there")


def test_never_overdrawn(explore):
    refused = [-100, "amount must be less than balance"]
    explore("customers", 100, [-100], [-100, 5], watch="").always(
        lambda run: run.value in (([[refused], []], 5), ([[], [refused]], 5)), "one of them gets the money, the other is refused")
