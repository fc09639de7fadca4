import threading

token = "only one"
users = []
lock = threading.Lock()


def use(name):
    users.append(name)


def spend(name):
    global token
    with lock:
        if "token" in globals():
            use(name)
            del token


threads = [threading.Thread(target=spend, args=(n,)) for n in ("s01", "s02")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(users) == 1, users
