import threading


class Basket(threading.local):
    def __init__(self):
        self.items = []
        self.total = 0

    def add(self, price):
        self.items.append(price)
        self.total += price


basket = Basket()
sums = []


def shop(prices):
    for p in prices:
        basket.add(p)
    sums.append(basket.total)


threads = [threading.Thread(target=shop, args=(p,)) for p in ([1, 2], [3, 4], [5])]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(sums) == [3, 5, 7] and basket.items == []
