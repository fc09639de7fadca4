def molecules(run):
    letters = [event.about for event in run.events("note")]
    return ["".join(sorted(letters[i:i + 3])) for i in range(0, len(letters), 3)]


def test_two_molecules(explore):
    explore("bonding", "OOHHHH", watch="note").always(
        lambda run: molecules(run) == ["HHO"] * 2, "two hydrogens and one oxygen, then again")


def test_three_molecules(explore):
    explore("bonding", "HHHHHHOOO", watch="note").always(
        lambda run: molecules(run) == ["HHO"] * 3, "two hydrogens and one oxygen, three times")
