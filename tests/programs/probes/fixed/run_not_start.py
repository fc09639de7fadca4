import threading

order = []


def work(n):
    order.append(n)
    print("working on", n)


threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(order) == [0, 1, 2]
