import threading

bathroom = threading.Lock()
inside = []


def enter(name):
    if bathroom.acquire(blocking=False):
        print("it is free,", name)
        inside.append(name)


family = [threading.Thread(target=enter, args=(n,)) for n in ("mum", "dad")]
for f in family:
    f.start()
for f in family:
    f.join()
assert len(inside) == 1, inside
