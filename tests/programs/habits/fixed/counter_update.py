import threading
from collections import Counter

total = Counter()
lock = threading.Lock()


def count(text):
    words = Counter(text.split())
    with lock:
        total.update(words)


ts = [threading.Thread(target=count, args=("a b a",)) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert total == {"a": 4, "b": 2}
