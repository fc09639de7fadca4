import threading

numbers = [10]
lock = threading.Lock()


def announce(n):
    print("next number:", n)


def next_number():
    with lock:
        n = max(numbers) + 1
        announce(n)
        numbers.append(n)


threads = [threading.Thread(target=next_number) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(numbers) == [10, 11, 12], numbers
