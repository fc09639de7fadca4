import threading

used = []
lock = threading.Lock()


def note(name):
    print("using", name)


def write_json():
    global tool
    with lock:
        import json as tool
        note("json")
        used.append(("json", tool.__name__))


def write_csv():
    global tool
    with lock:
        import csv as tool
        note("csv")
        used.append(("csv", tool.__name__))


threads = [threading.Thread(target=write_json), threading.Thread(target=write_csv)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert all(a == b for a, b in used), used
