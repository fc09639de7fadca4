import threading

over = threading.Event()
winners = []


def run(name):
    if not over.is_set():
        print(name, "crosses the line")
        over.set()
        winners.append(name)


runners = [threading.Thread(target=run, args=(n,)) for n in ("red", "blue")]
for r in runners:
    r.start()
for r in runners:
    r.join()
assert len(winners) == 1, winners
