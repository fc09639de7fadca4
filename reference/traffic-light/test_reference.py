def is_orderly(run):
    """Light and cars do what they may, one event after the other."""
    green, inside = 1, set()
    for event in run.events("note"):
        if event.act == "green":
            if event.road == green or inside:
                return False
            green = event.road
        elif event.act == "enters":
            if event.road != green:
                return False
            inside.add(event.about)
        else:
            inside.discard(event.about)
    return not inside


def check(crossing, cars):
    crossing.always(lambda run: sorted(e.about for e in run.events("note") if e.act == "is across") == cars, "every car crosses once")
    crossing.always(lambda run: run.events("note") and is_orderly(run),
                    "nobody crosses a red light, and no light turns green that is green, or while somebody crosses")


def test_cars_on_both_roads(explore):
    check(explore("crossing", [(7, 1, 2), (8, 2, 4), (9, 1, 1)], watch="note"), [7, 8, 9])


def test_green_stays_green(explore):
    check(explore("crossing", [(5, 2, 3), (6, 2, 4)], watch="note"), [5, 6])
    check(explore("crossing", [(3, 1, 1), (4, 1, 2)], watch="note"), [3, 4])
