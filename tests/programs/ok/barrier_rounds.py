import threading

N = 3
meet = threading.Barrier(N)
parts = [0] * N
totals = []


def worker(i):
    parts[i] = i + 1
    meet.wait()
    totals.append(parts[0] + parts[1] + parts[2])
    meet.wait()


ts = [threading.Thread(target=worker, args=(i,)) for i in range(N)]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert totals == [6, 6, 6]
