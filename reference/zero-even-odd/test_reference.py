def printed(run):
    return [(event.about, event.by) for event in run.events("note")]


def series(n):
    return [pair for x in range(1, n + 1) for pair in ((0, "zero"), (x, "odd" if x % 2 else "even"))]


def test_the_series(explore):
    explore("printing", [2], ["zero", "even", "odd"], watch="note").always(
        lambda run: printed(run) == series(2), "0 1 0 2, each by its own method")


def test_other_objects(explore):
    explore("printing", [1, 3], ["odd", "even", "zero"], watch="note").always(
        lambda run: printed(run) == series(1) + series(3), "0 1, then 0 1 0 2 0 3, each by its own method")
