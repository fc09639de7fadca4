import threading

tea = threading.Lock()
cup = threading.Lock()
served = []


def serve(name):
    try:
        with tea:
            with cup:
                served.append(name)
    except BaseException:
        print("nothing happened")


a = threading.Thread(target=serve, args=("a",))
b = threading.Thread(target=serve, args=("b",))
a.start()
b.start()
a.join()
b.join()
assert len(served) == 2
