import threading

x = 0


def add():
    global x
    for _ in range(50):
        x = x + 1


threads = []
for _ in range(2):
    threads.append(threading.Thread(target=add))
for t in threads:
    t.start()
for t in threads:
    t.join()
print("x is", x)
