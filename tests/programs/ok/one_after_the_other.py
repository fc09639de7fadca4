import threading

parts = []


def read_part(n):
    parts.append(f"part {n}")


for n in range(3):
    t = threading.Thread(target=read_part, args=(n,))
    t.start()
    t.join()
assert parts == ["part 0", "part 1", "part 2"]
