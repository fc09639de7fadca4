def most(run):
    """The most elements that were in for certain: put in, and nobody had begun to take them."""
    count = largest = 0
    for event in run.events("note"):
        count += 1 if event.act == "is in" else -1
        largest = max(largest, count)
    return largest


def test_first_in_first_out(call):
    steps = [7, "size", 5, 5, "size", "dequeue", "size", 9, "dequeue", "dequeue", "dequeue", "size"]
    assert call("alone", 3, steps) == [None, 1, None, None, 3, 7, 2, None, 5, 5, 9, 0]


def test_waits_when_full_and_when_empty(explore):
    passing = explore("passing", 2, [[1, 2, 3]], [3], watch="note")
    passing.always(lambda run: run.value == ([[1, 2, 3]], 0), "everything comes out in order, and the queue is empty")
    passing.always(lambda run: run.events("note") and most(run) <= 2, "never more than two are in")
    passing.ever(lambda run: most(run) == 2, "two may be in")


def test_several_on_both_sides(explore):
    passing = explore("passing", 1, [[1], [2, 3]], [2, 1], watch="note")
    passing.always(lambda run: sorted(sum(run.value[0], [])) == [1, 2, 3] and run.value[1] == 0, "every element comes out once")
    passing.always(lambda run: run.events("note") and most(run) <= 1, "never more than one is in")
