import threading
import time

lock = threading.Lock()
letters = 0


def count(word):
    global letters
    time.sleep(0.01)
    with lock:
        letters += len(word)


for word in ("lock", "pool", "queue"):
    threading.Thread(target=count, args=(word,)).start()

with lock:
    found = letters
print("letters:", found)
assert found == 13
