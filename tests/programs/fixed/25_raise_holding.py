import threading

lock = threading.Lock()
total = 0


def add(text):
    global total
    with lock:
        try:
            total += int(text)
        except ValueError:
            print("not a number:", text)


threads = [threading.Thread(target=add, args=(s,)) for s in ("3", "four", "5")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert total == 8
