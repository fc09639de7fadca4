import threading

# The referee says: the ball changes hands at most 5 times
lock = threading.Lock()
owner = None
changes = 0


def player(name):
    global owner, changes
    for _ in range(6):
        with lock:
            if owner != name:
                owner = name
                changes += 1


a = threading.Thread(target=player, args=("A",))
b = threading.Thread(target=player, args=("B",))
a.start()
b.start()
a.join()
b.join()
print("changes:", changes)
assert changes <= 5
