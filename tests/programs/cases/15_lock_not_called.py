import threading

lock = threading.Lock
total = []


def work(n):
    lock.acquire()
    total.append(n)
    lock.release()


t = threading.Thread(target=work, args=(1,))
t.start()
t.join()
print("end", total)
