def printed(run):
    return "".join(event.about for event in run.events("note"))


def test_alternately(explore):
    explore("printing", [2], ["foo", "bar"], watch="note").always(lambda run: printed(run) == "foobarfoobar", "foobarfoobar")


def test_other_objects(explore):
    explore("printing", [1, 2], ["bar", "foo"], watch="note").always(
        lambda run: printed(run) == "foobar" * (1 + 2), "foobar once, then twice")
