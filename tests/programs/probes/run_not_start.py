import threading

order = []


def work(n):
    order.append(n)
    print("working on", n)


threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
for t in threads:
    t.run()
assert order == [0, 1, 2]
