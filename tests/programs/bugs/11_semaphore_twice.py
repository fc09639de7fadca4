import threading

seats = threading.Semaphore(1)
lock = threading.Lock()
inside = 0


def visit(name):
    global inside
    seats.acquire()
    try:
        with lock:
            inside += 1
            assert inside <= 1, "too many people"
        print(name, "is inside")
        with lock:
            inside -= 1
        seats.release()
    finally:
        seats.release()  # to be safe


people = [threading.Thread(target=visit, args=(n,)) for n in ("s01", "s02", "s03")]
for p in people:
    p.start()
for p in people:
    p.join()
