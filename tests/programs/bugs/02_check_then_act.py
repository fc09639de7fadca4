from threading import Thread


class Wallet:
    def __init__(self, money):
        self.money = money

    def pay(self, price):
        if self.money >= price:
            self.money -= price


wallet = Wallet(100)
# 两个人同时付 70 元
shoppers = [Thread(target=wallet.pay, args=(70,)) for _ in range(2)]
for s in shoppers:
    s.start()
for s in shoppers:
    s.join()
print("余额", wallet.money)
assert wallet.money == 30, "余额变成负数了"
