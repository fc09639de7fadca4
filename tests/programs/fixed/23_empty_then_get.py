import queue
import threading

tasks = queue.Queue()
for n in range(3):
    tasks.put(n)
done = []


def worker():
    while True:
        try:
            n = tasks.get_nowait()
        except queue.Empty:
            return
        done.append(n)


workers = [threading.Thread(target=worker) for _ in range(2)]
for w in workers:
    w.start()
for w in workers:
    w.join()
print("done", sorted(done))
