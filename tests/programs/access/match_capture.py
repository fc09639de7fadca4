import threading

sent = []


def stamp():
    print("stamped")


def send(letter):
    global to
    match letter:
        case {"to": to}:
            stamp()
            sent.append(to)
        case _:
            print("no address")


letters = [{"to": "s01"}, {"to": "s02"}]
threads = [threading.Thread(target=send, args=(x,)) for x in letters]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(sent) == ["s01", "s02"], sent
