from threading import Thread


def run(q, m, n, items, eat):
    workers = [Thread(target=produce, args=(q, items[i::m])) for i in range(m)]
    workers += [Thread(target=consume, args=(q, len(items) // n + 1, eat)) for _ in range(n)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def produce(q, items):
    for item in items:
        q.put(item)


def consume(q, how_many, eat):
    for _ in range(how_many):
        eat(q.get())
