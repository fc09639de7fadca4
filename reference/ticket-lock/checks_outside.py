import json


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def buy(name, path, lock):
    if load(path)["count"] > 0:
        lock.acquire()
        tickets = load(path)
        tickets["count"] -= 1
        with open(path, "w", encoding="utf-8") as file:
            json.dump(tickets, file)
        lock.release()
        return True
    return False
