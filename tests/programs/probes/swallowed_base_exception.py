import threading

tea = threading.Lock()
cup = threading.Lock()
served = []


def serve(name, first, second):
    try:
        with first:
            with second:
                served.append(name)
    except BaseException:
        print("nothing happened")
    except:
        pass


a = threading.Thread(target=serve, args=("a", tea, cup))
b = threading.Thread(target=serve, args=("b", cup, tea))
a.start()
b.start()
a.join()
b.join()
assert len(served) == 2
