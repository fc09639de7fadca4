import threading


class Light:
    level = 0


def plus(a, b):
    return a + b


light = Light()
lock = threading.Lock()


def brighter(n):
    with lock:
        light.level = plus(light.level, n)


threads = [threading.Thread(target=brighter, args=(n,)) for n in (1, 2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("level", light.level)
assert light.level == 3
