import threading


def visit(name, counter={"visits": 0}):
    counter["visits"] += 1
    print(name, "was here")
    return counter


threads = [threading.Thread(target=visit, args=(f"s0{i}",)) for i in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert visit("main")["visits"] == 3
