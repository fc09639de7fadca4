import threading

visitors = 0
lock = threading.Lock()


def enter():
    global visitors
    with lock:
        visitors += 1


people = [threading.Thread(target=enter) for _ in range(3)]
for p in people:
    p.start()
for p in people:
    p.join()
print("来访人数:", visitors)
assert visitors == 3
