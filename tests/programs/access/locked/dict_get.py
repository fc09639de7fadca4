import threading

words = {}
lock = threading.Lock()


def plus_one(n):
    return n + 1


def count(word):
    with lock:
        words[word] = plus_one(words.get(word, 0))


threads = [threading.Thread(target=count, args=(w,)) for w in ("go", "go", "stop")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert words == {"go": 2, "stop": 1}, words
