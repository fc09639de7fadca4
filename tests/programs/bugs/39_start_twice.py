import threading

lap = []


def run():
    lap.append("one lap")


runner = threading.Thread(target=run)
for _ in range(2):
    runner.start()
    runner.join()
print(len(lap), "laps")
