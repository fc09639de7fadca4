import _thread

done = [_thread.allocate_lock() for _ in range(2)]
names = []


def work(i):
    names.append(f"w{i}")
    done[i].release()


for i in range(2):
    done[i].acquire()
    _thread.start_new_thread(work, (i,))
for lock in done:
    lock.acquire()
assert sorted(names) == ["w0", "w1"]
