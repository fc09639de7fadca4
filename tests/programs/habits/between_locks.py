import threading

lock = threading.Lock()
names = []
total = 0


def work(n):
    global total
    with lock:
        names.append(n)
    total += n
    with lock:
        names.remove(n)


ts = [threading.Thread(target=work, args=(i,)) for i in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(total)
