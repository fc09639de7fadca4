import threading

tickets = []


def announce(n):
    print("number", n, "please")


def take(n):
    tickets.append(n)
    announce(n)
    mine = tickets[-1]
    assert mine == n, f"{n} got ticket {mine}"


threads = [threading.Thread(target=take, args=(n,)) for n in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
