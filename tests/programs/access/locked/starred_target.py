import threading

jobs = ["wash", "cook", "clean"]
taken = []
board = threading.Lock()


def take():
    global jobs
    with board:
        first, *jobs = jobs
    taken.append(first)


threads = [threading.Thread(target=take) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(taken, "left:", jobs)
assert len(set(taken)) == 2, taken
