import queue
import threading

fridge = queue.Queue()


def buy():
    print("going to the shop")
    return "milk"


def check_fridge():
    if fridge.empty():
        fridge.put(buy())


roommates = [threading.Thread(target=check_fridge) for _ in range(2)]
for r in roommates:
    r.start()
for r in roommates:
    r.join()
assert fridge.qsize() == 1, "too much milk"
