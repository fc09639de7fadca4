from collections import Counter


def is_orderly(run, left):
    """No fork in two hands, both in hand while eating, none in hand at the end. `left`: 0 if a philosopher's left fork has his number, 1 if his right one."""
    holder = {}
    for event in run.events("note"):
        who, act = event.about, event.act
        forks = {"left": (who + left) % 5, "right": (who + 1 - left) % 5}
        verb, _, side = act.partition(" ")
        if act == "eat":
            if any(holder.get(fork) != who for fork in forks.values()):
                return False
        elif verb == "pick":
            if forks[side] in holder:
                return False
            holder[forks[side]] = who
        elif holder.pop(forks[side], None) != who:
            return False
    return not holder


def check(table, meals):
    table.always(lambda run: Counter(e.about for e in run.events("note") if e.act == "eat") == meals, "everybody eats as often as he wants to")
    table.always(lambda run: run.events("note") and (is_orderly(run, 0) or is_orderly(run, 1)),
                 "a fork is in one hand at a time, and both are in hand while eating")


def test_everybody_eats(explore):
    check(explore("table", [0, 1, 2, 3, 4], watch="note"), dict.fromkeys(range(5), 1))


def test_neighbours_eat_again(explore):
    check(explore("table", [4, 0], 2, watch="note"), {4: 2, 0: 2})
