import threading

seats = {"A1": "free", "A2": "free"}


def pay(seat):
    print("paying for", seat)


def book(seat):
    if seat in seats:
        pay(seat)
        del seats[seat]


threads = [threading.Thread(target=book, args=("A1",)) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert list(seats) == ["A2"]
