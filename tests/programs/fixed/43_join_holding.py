import threading

lock = threading.Lock()
lines = []


def write(text):
    with lock:
        lines.append(text)


writers = [threading.Thread(target=write, args=(f"line {i}",)) for i in range(2)]
for w in writers:
    w.start()
for w in writers:
    w.join()
with lock:
    print(lines)
assert len(lines) == 2
