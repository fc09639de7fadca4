import threading

found = False
books = [["lock", "queue"], ["event"], ["queue", "pool"]]


def search(words):
    global found
    for w in words:
        if w == "queue":
            found = True


threads = [threading.Thread(target=search, args=(b,)) for b in books]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert found
