import threading

barrier = threading.Barrier(3)
stop = False
done = []


def worker(i):
    if stop:
        print("worker", i, "gives up")
        return
    print("worker", i, "loads")
    barrier.wait()
    done.append(i)


workers = [threading.Thread(target=worker, args=(i,)) for i in range(3)]
for w in workers:
    w.start()
stop = True
for w in workers:
    w.join()
print("finished", done)
