import threading

flag = False
value = []


def waiter():
    while not flag:
        pass
    assert value == [7]


def setter():
    global flag
    value.append(7)
    flag = True


threads = [threading.Thread(target=waiter), threading.Thread(target=setter)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("done")
