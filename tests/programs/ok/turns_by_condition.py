import threading

cond = threading.Condition()
turn = 0
out = []


def speaker(me, word):
    global turn
    for _ in range(2):
        with cond:
            cond.wait_for(lambda: turn == me)
            out.append(word)
            turn = 1 - me
            cond.notify_all()


a = threading.Thread(target=speaker, args=(0, "foo"))
b = threading.Thread(target=speaker, args=(1, "bar"))
b.start()
a.start()
a.join()
b.join()
assert "".join(out) == "foobarfoobar"
