import queue
import threading

plates = queue.Queue(maxsize=2)
washed = []


def wash():
    while True:
        plate = plates.get()
        if plate is None:
            return
        washed.append(plate)


t = threading.Thread(target=wash)
t.start()
for n in range(4):
    plates.put(n)
plates.put(None)
t.join()
assert washed == [0, 1, 2, 3]
