import threading

N = 3
sticks = [threading.Lock() for _ in range(N)]
meals = []


def philosopher(i):
    left = sticks[i]
    right = sticks[(i + 1) % N]
    with left:
        with right:
            meals.append(i)


def main():
    table = [threading.Thread(target=philosopher, args=(i,), name=f"P{i}") for i in range(N)]
    for p in table:
        p.start()
    for p in table:
        p.join()
    assert sorted(meals) == [0, 1, 2]


main()
