from threading import Thread


def run(q, m, n, items, eat):
    producers = [Thread(target=produce, args=(q, items[i::m])) for i in range(m)]
    consumers = [Thread(target=consume, args=(q, eat)) for _ in range(n)]
    for worker in producers + consumers:
        worker.start()
    for worker in producers + consumers:
        worker.join()


def produce(q, items):
    for item in items:
        q.put(item)


def consume(q, eat):
    while not q.empty():
        eat(q.get())
