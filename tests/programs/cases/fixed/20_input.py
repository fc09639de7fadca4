import threading

name = "s01"
greetings = []


def greet(n):
    greetings.append(f"hello {n}")


t = threading.Thread(target=greet, args=(name,))
t.start()
t.join()
assert greetings == ["hello s01"]
