import threading

stock = {"left": 1, "right": 0}


def pack(shelf):
    print("packing from", shelf)


def sell(shelf):
    if sum(stock.values()) > 0:
        pack(shelf)
        stock[shelf] = stock[shelf] - 1


threads = [threading.Thread(target=sell, args=("left",)) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sum(stock.values()) == 0, stock
