import threading

lock = threading.Lock()
members = {"s01"}


def join_club(name):
    with lock:
        if name in members:
            return "already in"
        members.add(name)
        return "welcome"


threads = [threading.Thread(target=join_club, args=(n,)) for n in ("s01", "s02")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert members == {"s01", "s02"}
