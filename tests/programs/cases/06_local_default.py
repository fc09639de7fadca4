import threading


class State(threading.local):
    step = 0


state = State()


def advance(n):
    for _ in range(n):
        state.step += 1
    assert state.step == n


threads = [threading.Thread(target=advance, args=(n,)) for n in (1, 2, 3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert state.step == 0
