import queue
import threading

jobs = queue.Queue()
results = []


def worker():
    while True:
        n = jobs.get()
        results.append(n * n)
        # 忘了 task_done


threading.Thread(target=worker, daemon=True).start()
for n in range(3):
    jobs.put(n)
jobs.join()
print(results)
assert results == [0, 1, 4]
