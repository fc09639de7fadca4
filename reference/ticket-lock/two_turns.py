import json


def load(path, lock):
    with lock:
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def save(tickets, path, lock):
    with lock:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(tickets, file)


def buy(name, path, lock):
    tickets = load(path, lock)
    if tickets["count"] < 1:
        return False
    tickets["count"] -= 1
    save(tickets, path, lock)
    return True
