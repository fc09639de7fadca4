import threading


class Producer(threading.Thread):
    def __init__(self, q, foods):
        super().__init__()
        self.q = q
        self.foods = foods

    def run(self):
        for food in self.foods:
            self.q.put(food)


class Consumer(threading.Thread):
    def __init__(self, q, eat):
        super().__init__()
        self.q = q
        self.eat = eat

    def run(self):
        while 1:
            food = self.q.get()
            if food is None:
                self.q.put(None)
                break
            self.eat(food)


def run(q, m, n, items, eat):
    p_lst = [Producer(q, items[i::m]) for i in range(m)]
    c_lst = [Consumer(q, eat) for i in range(n)]
    [c.start() for c in c_lst]
    [p.start() for p in p_lst]
    [p.join() for p in p_lst]
    q.put(None)
    [c.join() for c in c_lst]
