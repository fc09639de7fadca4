import threading

closed = []
lock = threading.Lock()


class Session:
    def __init__(self, user):
        self.user = user

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        print("bye", self.user)


def work(user):
    global session
    with lock, Session(user) as session:
        print("hello", user)
        closed.append((user, session.user))


threads = [threading.Thread(target=work, args=(u,)) for u in ("s01", "s02")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert all(a == b for a, b in closed), closed
