import threading


class Ticket:
    next_number = 1
    lock = threading.Lock()

    @classmethod
    def draw(cls):
        with cls.lock:
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
