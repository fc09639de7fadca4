from stage import together


def at_once(student, *people):
    """A thread for each (name, age); whether all got the same object, and what it says of itself in the end."""
    made = together(*(lambda name=name, age=age: student.Singleton(name, age) for name, age in people))
    return all(each is made[0] for each in made), made[0].name, made[0].age


def in_turn(student, *people):
    """One after another; for each whether it is the first one, and what it says of itself."""
    made, said = [], []
    for name, age in people:
        made.append(student.Singleton(name, age))
        said.append((made[-1] is made[0], made[0].name, made[0].age))
    return said


def afterwards(student, first, *people):
    """One first, then a thread for each of the others: whether all got that one."""
    there = student.Singleton(*first)
    return [each is there for each in together(*(lambda who=who: student.Singleton(*who) for who in people))]
