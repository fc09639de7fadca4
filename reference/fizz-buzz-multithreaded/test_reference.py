def printed(run):
    return [(event.about, event.by) for event in run.events("note")]


def series(n):
    words = [("fizz" * (x % 3 == 0) + "buzz" * (x % 5 == 0)) for x in range(1, n + 1)]
    return [(word or x, word or "number") for x, word in enumerate(words, 1)]


# Whose turn it is may be read without a lock, since only he writes it: a race is no fault by itself, a wrong output is.


def test_up_to_five(explore):
    explore("counting", [5], watch="note", allow="race").always(lambda run: printed(run) == series(5), "1 2 fizz 4 buzz, each by its own method")


def test_up_to_two_and_to_fifteen(explore):
    explore("counting", [2, 15], watch="note", allow="race").always(
        lambda run: printed(run) == series(2) + series(15), "1 2, then 1 2 fizz 4 ... 14 fizzbuzz, each by its own method")
