ORDER = ["first", "second", "third"]


def printed(run):
    return [event.about for event in run.events("note")]


def test_in_order(explore):
    explore("printing", ORDER, watch="note").always(lambda run: printed(run) == ORDER, "first, second, third")


def test_another_object(explore):
    explore("printing", ORDER[::-1], 2, watch="note").always(lambda run: printed(run) == ORDER * 2, "first, second, third, each time")
