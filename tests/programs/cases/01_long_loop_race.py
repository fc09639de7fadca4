import threading

n = 0


def run():
    global n
    for _ in range(100000):
        n += 1


threads = [threading.Thread(target=run) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(n)
