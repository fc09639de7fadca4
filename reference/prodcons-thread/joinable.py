from threading import Thread


def run(q, m, n, items, eat):
    producers = [Thread(target=produce, args=(q, items[i::m])) for i in range(m)]
    for producer in producers:
        producer.start()
    for _ in range(n):
        Thread(target=consume, args=(q, eat), daemon=True).start()
    for producer in producers:
        producer.join()
    q.join()


def produce(q, items):
    for item in items:
        q.put(item)


def consume(q, eat):
    while True:
        item = q.get()
        eat(item)
        q.task_done()
