from multiprocessing import Process

def buy_all(fruits, buy):
    shoppers = [Process(target=buy, args=(fruit,)) for fruit in fruits]
    for shopper in shoppers:
        shopper.start()
    for shopper in shoppers:
        shopper.join()
    return shoppers
