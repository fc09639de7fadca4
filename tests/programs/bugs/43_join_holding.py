import threading

lock = threading.Lock()
lines = []


def write(text):
    with lock:
        lines.append(text)


writers = [threading.Thread(target=write, args=(f"line {i}",)) for i in range(2)]
with lock:
    for w in writers:
        w.start()
    for w in writers:
        w.join()
    print(lines)
assert len(lines) == 2
