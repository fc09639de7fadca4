from stage import note, together

ACTS = ("pick left", "pick right", "eat", "put left", "put right")


def table(student, philosophers, meals=1):
    """A thread for each of these philosophers, who wants to eat so many times. What is done with which fork is noted."""
    table = student.DiningPhilosophers()

    def dine(philosopher):
        for _ in range(meals):
            table.wantsToEat(philosopher, *(lambda act=act: note(philosopher, act=act) for act in ACTS))

    together(*(lambda philosopher=philosopher: dine(philosopher) for philosopher in philosophers))
