import threading

lap = []


def run():
    lap.append("one lap")


for _ in range(2):
    runner = threading.Thread(target=run)
    runner.start()
    runner.join()
print(len(lap), "laps")
assert len(lap) == 2
