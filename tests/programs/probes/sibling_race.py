import threading

import till

customers = [threading.Thread(target=till.pay, args=(n,)) for n in (5, 8)]
for c in customers:
    c.start()
for c in customers:
    c.join()
print("in the till:", till.money)
assert till.money == 13
