import threading

serial = 0
labels = []
lock = threading.Lock()


def label():
    global serial
    with lock:
        labels.append(f"box {(serial := serial + 1)}")


threads = [threading.Thread(target=label) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(labels)
assert len(set(labels)) == 3
