import threading

prices = {"apple": 3, "pear": 4}
rate = 2
prices["plum"] = 5
bills = {}


def bill(name, fruit):
    bills[name] = prices[fruit] * rate


threads = [threading.Thread(target=bill, args=(f"s0{i}", fruit)) for i, fruit in enumerate(prices)]
for t in threads:
    t.start()
for t in threads:
    t.join()
rate = 3
assert bills == {"s00": 6, "s01": 8, "s02": 10}
