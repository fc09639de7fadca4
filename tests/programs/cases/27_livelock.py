import threading

hammer = threading.Lock()
nail = threading.Lock()
built = []


def build(name, first, second):
    while True:
        first.acquire()
        if second.acquire(blocking=False):
            built.append(name)
            second.release()
            first.release()
            return
        first.release()  # 让一让


x = threading.Thread(target=build, args=("x", hammer, nail))
y = threading.Thread(target=build, args=("y", nail, hammer))
x.start()
y.start()
x.join()
y.join()
assert sorted(built) == ["x", "y"]
