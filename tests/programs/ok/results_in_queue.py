import queue
import threading

results = queue.Queue()


def count(word):
    results.put((word, len(word)))


threads = [threading.Thread(target=count, args=(w,)) for w in ("lock", "queue", "event")]
for t in threads:
    t.start()
for t in threads:
    t.join()

lengths = {}
while not results.empty():
    word, n = results.get()
    lengths[word] = n
assert lengths == {"lock": 4, "queue": 5, "event": 5}
