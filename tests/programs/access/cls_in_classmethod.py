import threading


class Ticket:
    next_number = 1

    @classmethod
    def draw(cls):
        number = cls.next_number
        cls.next_number = number + 1
        drawn.append(number)


drawn = []
threads = [threading.Thread(target=Ticket.draw) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(drawn) == [1, 2, 3], drawn
