from multiprocessing import Process

def buy_all(fruits, buy):
    def everything():
        for fruit in fruits:
            buy(fruit)
    shopper = Process(target=everything)
    shopper.start()
    shopper.join()
    return [shopper for _ in fruits]
