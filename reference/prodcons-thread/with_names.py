from threading import Thread


def run(q, m, n, items, eat):
    def producer(name, foods):
        for food in foods:
            q.put((name, food))

    def consumer():
        for name, food in iter(q.get, None):
            eat(food)

    chefs = [Thread(target=producer, args=(f"厨师{i}", items[i::m])) for i in range(m)]
    guests = [Thread(target=consumer) for _ in range(n)]
    for t in chefs + guests:
        t.start()
    for t in chefs:
        t.join()
    for _ in guests:
        q.put(None)
    for t in guests:
        t.join()
