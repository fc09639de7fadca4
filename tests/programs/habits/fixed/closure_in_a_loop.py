import threading

results = []
ts = []
for i in range(3):
    t = threading.Thread(target=lambda i=i: results.append(i))
    ts.append(t)
for t in ts:
    t.start()
for t in ts:
    t.join()
assert sorted(results) == [0, 1, 2], results
