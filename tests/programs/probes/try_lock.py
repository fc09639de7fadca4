import threading

lock = threading.Lock()
orders = []


def order(dish):
    if lock.acquire(blocking=False):
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
