import threading

lock = threading.Lock()
orders = []


def order(dish):
    while not lock.acquire(timeout=0.01):
        print("busy")
    try:
        print("ordering", dish)
        orders.append(dish)
    finally:
        lock.release()


threads = [threading.Thread(target=order, args=(d,)) for d in ("soup", "rice")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(orders) == 2, orders
