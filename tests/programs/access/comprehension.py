import threading

rooms = [None, None]


def greet(guest):
    print("welcome,", guest)


def check_in(guest):
    free = [i for i, g in enumerate(rooms) if g is None]
    greet(guest)
    rooms[free[0]] = guest


guests = [threading.Thread(target=check_in, args=(g,)) for g in ("s01", "s02")]
for g in guests:
    g.start()
for g in guests:
    g.join()
assert sorted(rooms, key=str) == ["s01", "s02"], rooms
