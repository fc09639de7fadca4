import threading

serial = 0
labels = []


def label():
    global serial
    labels.append(f"box {(serial := serial + 1)}")


threads = [threading.Thread(target=label) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(labels)
assert len(set(labels)) == 3
