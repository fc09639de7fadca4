import threading

go = threading.Event()
finished = []


def runner(number):
    print("runner", number, "ready")
    go.wait()
    finished.append(number)


def starter():
    go.set()


threads = [threading.Thread(target=starter), threading.Thread(target=runner, args=(1,))]
for t in threads:
    t.start()
for t in threads:
    t.join()
go.clear()  # 都跑完了再清
assert finished == [1]
