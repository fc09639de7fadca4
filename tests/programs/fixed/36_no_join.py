import threading
import time

lock = threading.Lock()
letters = 0


def count(word):
    global letters
    time.sleep(0.01)
    with lock:
        letters += len(word)


threads = [threading.Thread(target=count, args=(word,)) for word in ("lock", "pool", "queue")]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("letters:", letters)
assert letters == 13
