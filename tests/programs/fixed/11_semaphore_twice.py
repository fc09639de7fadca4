import threading

seats = threading.BoundedSemaphore(1)
lock = threading.Lock()
inside = 0


def visit(name):
    global inside
    with seats:
        with lock:
            inside += 1
            assert inside <= 1, "too many people"
        print(name, "is inside")
        with lock:
            inside -= 1


people = [threading.Thread(target=visit, args=(n,)) for n in ("s01", "s02", "s03")]
for p in people:
    p.start()
for p in people:
    p.join()
