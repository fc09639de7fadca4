import threading

tickets = 5


class Seller(threading.Thread):
    lock = threading.Lock()

    def run(self):
        global tickets
        for _ in range(2):
            with Seller.lock:
                tickets -= 1


sellers = [Seller(), Seller()]
for s in sellers:
    s.start()
for s in sellers:
    s.join()
assert tickets == 1, tickets
