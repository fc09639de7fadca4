import threading


class CountedCondition(threading.Condition):
    def sleepers(self):
        return len(self._waiters)


cond = CountedCondition()


def nap():
    with cond:
        cond.wait(0.02)


t = threading.Thread(target=nap)
t.start()
with cond:
    n = cond.sleepers()
t.join()
print("sleepers:", n)
assert n in (0, 1) and cond.sleepers() == 0
