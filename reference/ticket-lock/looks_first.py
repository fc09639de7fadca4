import json


def search(name, path):
    with open(path, encoding="utf-8") as file:
        print(name, "查到剩余票数", json.load(file)["count"])


def get(path):
    with open(path, encoding="utf-8") as file:
        tickets = json.load(file)
    if tickets["count"] < 1:
        return False
    tickets["count"] -= 1
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tickets, file)
    return True


def buy(name, path, lock):
    search(name, path)
    with lock:
        return get(path)
