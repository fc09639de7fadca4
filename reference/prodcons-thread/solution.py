from threading import Thread


def run(q, m, n, items, eat):
    producers = [Thread(target=produce, args=(q, items[i::m])) for i in range(m)]
    consumers = [Thread(target=consume, args=(q, eat)) for _ in range(n)]
    for worker in producers + consumers:
        worker.start()
    for producer in producers:
        producer.join()
    for _ in consumers:
        q.put(None)
    for consumer in consumers:
        consumer.join()


def produce(q, items):
    for item in items:
        q.put(item)


def consume(q, eat):
    while True:
        item = q.get()
        if item is None:
            break
        eat(item)
