import threading

served = []
lock = threading.Lock()


def prepare():
    print("preparing", dish)


def serve(dishes):
    global dish
    with lock:
        for dish in dishes:
            prepare()
            served.append(dish)


dish = None
threads = [threading.Thread(target=serve, args=(d,)) for d in (["soup", "fish"], ["rice", "tea"])]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(served) == ["fish", "rice", "soup", "tea"], served
