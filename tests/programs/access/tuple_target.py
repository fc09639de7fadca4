import threading

count = 0
last = None


def sign(name):
    global count, last
    count, last = count + 1, name


threads = [threading.Thread(target=sign, args=(f"s0{i}",)) for i in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(count, "signatures, the last by", last)
assert count == 3
