from threading import Thread

balance = 0


def tax(amount):
    return amount // 10


class Salary(Thread):
    def __init__(self, amount):
        Thread.__init__(self)
        self.amount = amount

    def run(self):
        global balance
        before = balance
        after = before + self.amount - tax(self.amount)
        balance = after


workers = [Salary(100), Salary(200)]
for w in workers:
    w.start()
for w in workers:
    w.join()
print(balance)
assert balance == 270
