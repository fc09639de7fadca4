import threading


def singleton(cls):
    made = {}
    lock = threading.Lock()

    def get(name, age):
        with lock:
            if cls not in made:
                made[cls] = cls()
            made[cls].name = name
            made[cls].age = age
            return made[cls]
    return get


@singleton
class Singleton:
    pass
