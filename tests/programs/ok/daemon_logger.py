import queue
import threading

lines = queue.Queue()
written = []


def logger():
    while True:
        line = lines.get()
        written.append(line)
        print("LOG", line)
        lines.task_done()


def work(n):
    lines.put(f"work {n} begins")
    lines.put(f"work {n} ends")


threading.Thread(target=logger, daemon=True).start()
workers = [threading.Thread(target=work, args=(n,)) for n in range(2)]
for w in workers:
    w.start()
for w in workers:
    w.join()
lines.join()
assert len(written) == 4
