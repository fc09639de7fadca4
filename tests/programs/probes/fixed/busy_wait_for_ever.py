import threading

ready = threading.Event()


def waiter():
    ready.wait()
    print("ready")


def setter():
    ready.set()
    print("set", ready.is_set())


threads = [threading.Thread(target=waiter), threading.Thread(target=setter)]
for t in threads:
    t.start()
for t in threads:
    t.join()
