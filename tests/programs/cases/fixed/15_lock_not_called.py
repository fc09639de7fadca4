import threading

lock = threading.Lock()
total = []


def work(n):
    with lock:
        total.append(n)


t = threading.Thread(target=work, args=(1,))
t.start()
t.join()
print("end", total)
assert total == [1]
