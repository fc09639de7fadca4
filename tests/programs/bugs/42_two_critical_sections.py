import threading

lock = threading.Lock()
score = 0


def bonus(points):
    return points * 2


def play(points):
    global score
    with lock:
        old = score
    new = old + bonus(points)
    with lock:
        score = new


games = [threading.Thread(target=play, args=(p,)) for p in (1, 2)]
for g in games:
    g.start()
for g in games:
    g.join()
assert score == 6, score
