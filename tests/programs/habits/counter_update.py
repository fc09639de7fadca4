import threading
from collections import Counter

total = Counter()


def count(text):
    words = Counter(text.split())
    total.update(words)


ts = [threading.Thread(target=count, args=("a b a",)) for _ in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(total)
