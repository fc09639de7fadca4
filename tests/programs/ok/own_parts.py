import threading

numbers = list(range(12))
partial = [0, 0, 0]


def add_up(i):
    for n in numbers[i * 4:(i + 1) * 4]:
        partial[i] += n


threads = [threading.Thread(target=add_up, args=(i,)) for i in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(partial, sum(partial))
assert sum(partial) == 66
