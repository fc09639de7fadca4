from stage import note, together


def bonding(student, atoms):
    """A thread for each atom, started in this order."""
    water = student.H2O()
    atom = {"H": lambda: water.hydrogen(lambda: note("H")), "O": lambda: water.oxygen(lambda: note("O"))}
    together(*(atom[letter] for letter in atoms))
