import threading

sweets = ["last one"]
eaten = []


def enjoy(name):
    print(name, "looks at the sweets")


def eat(name):
    if sweets:
        enjoy(name)
        eaten.append(sweets.pop())


threads = [threading.Thread(target=eat, args=(n,)) for n in ("s01", "s02")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert eaten == ["last one"]
