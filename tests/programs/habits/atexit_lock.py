import threading, atexit

lock = threading.Lock()


def bye():
    with lock:
        print("再见")


atexit.register(bye)


def work():
    lock.acquire()
    print("忘了释放")


t = threading.Thread(target=work)
t.start()
t.join()
