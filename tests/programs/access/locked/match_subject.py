import threading

light = "red"
crossed = []
button = threading.Lock()


def look(name):
    crossed.append(name)


def press(name):
    global light
    with button:
        match light:
            case "red":
                look(name)
                light = "green"
            case "green":
                pass


threads = [threading.Thread(target=press, args=(n,)) for n in ("s01", "s02")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(crossed) == 1, crossed
