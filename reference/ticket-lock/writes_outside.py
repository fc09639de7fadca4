import json


def buy(name, path, lock):
    with lock:
        with open(path, encoding="utf-8") as file:
            tickets = json.load(file)
    if tickets["count"] < 1:
        return False
    tickets["count"] -= 1
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tickets, file)
    return True
