import threading


class Score:
    def __init__(self):
        self.goals = 0


def one_more(n):
    return n + 1


def goal(score):
    old = getattr(score, "goals")
    setattr(score, "goals", one_more(old))


score = Score()
threads = [threading.Thread(target=goal, args=(score,)) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert score.goals == 2
