import threading
from dataclasses import dataclass, field


@dataclass
class Cart:
    owner: str
    prices: list = field(default_factory=list)
    total: int = 0
    lock: object = field(default_factory=threading.Lock)

    def add(self, price):
        with self.lock:
            self.prices.append(price)
            self.total += price


cart = Cart("s01")
threads = [threading.Thread(target=cart.add, args=(p,)) for p in (5, 7)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert cart.total == sum(cart.prices)
