import threading

ready = False


def waiter():
    while not ready:
        pass
    print("ready")


def setter():
    ready = True  # 忘了写 global
    print("set", ready)


threads = [threading.Thread(target=waiter), threading.Thread(target=setter)]
for t in threads:
    t.start()
for t in threads:
    t.join()
