import threading

go = threading.Event()
finished = []


def runner(number):
    print("runner", number, "ready")
    go.wait()
    finished.append(number)


def starter():
    go.set()
    go.clear()  # 给下一轮用


threads = [threading.Thread(target=starter), threading.Thread(target=runner, args=(1,))]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert finished == [1]
