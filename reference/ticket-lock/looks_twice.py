import json


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def buy(name, path, lock):
    with lock:
        if load(path)["count"] < 1:
            return False
    with lock:
        tickets = load(path)
        if tickets["count"] < 1:
            return False
        tickets["count"] -= 1
        with open(path, "w", encoding="utf-8") as file:
            json.dump(tickets, file)
        return True
