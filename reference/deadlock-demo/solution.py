def eat1(name, noodle, fork, bite):
    with noodle:
        with fork:
            bite(name)


def eat2(name, noodle, fork, bite):
    with fork:
        with noodle:
            bite(name)
