import threading

lock = threading.Lock()
finished = 0


def download(name):
    global finished
    with lock:
        finished += 1
    print(f"{name} done, about {finished} so far")


threads = [threading.Thread(target=download, args=(f"file{i}",)) for i in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert finished == 3
