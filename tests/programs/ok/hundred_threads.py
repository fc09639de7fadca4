import threading

count = 0
lock = threading.Lock()


def visit():
    global count
    with lock:
        count += 1


threads = []
for i in range(100):
    t = threading.Thread(target=visit, name=f"visitor-{i}")
    threads.append(t)
    t.start()
for t in threads:
    t.join()
print(count, "visitors")
assert count == 100
