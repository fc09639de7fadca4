import threading


class Account:
    def __init__(self, name):
        self.name = name


accounts = [Account("张三"), Account("李四")]
locks = {a: threading.Lock() for a in accounts}
balance = {}


def save(a, n):
    with locks[a]:
        balance[a] = balance.get(a, 0) + n


ts = [threading.Thread(target=save, args=(a, 10)) for a in accounts * 2]
for t in ts:
    t.start()
for t in ts:
    t.join()
assert balance[accounts[0]] == 20
