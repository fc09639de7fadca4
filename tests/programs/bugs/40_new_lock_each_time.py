import threading

visitors = 0


def enter():
    global visitors
    lock = threading.Lock()
    with lock:
        visitors += 1


people = [threading.Thread(target=enter) for _ in range(3)]
for p in people:
    p.start()
for p in people:
    p.join()
print("来访人数:", visitors)
assert visitors == 3
