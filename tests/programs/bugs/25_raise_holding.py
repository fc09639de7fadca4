import threading

lock = threading.Lock()
total = 0


def add(text):
    global total
    lock.acquire()
    total += int(text)
    lock.release()


threads = [threading.Thread(target=add, args=(s,)) for s in ("3", "four", "5")]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total)
