import threading

squares = []


def work(i):
    squares.append(i * i)


threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(squares) == [0, 1, 4, 9]
