import time


def eat1(name, noodle, fork, bite):
    noodle.acquire()
    print("%s 拿到面条啦" % name)
    fork.acquire()
    print("%s 拿到叉子啦" % name)
    bite(name)
    fork.release()
    noodle.release()


def eat2(name, noodle, fork, bite):
    fork.acquire()
    print("%s 拿到叉子啦" % name)
    time.sleep(1)
    noodle.acquire()
    print("%s 拿到面条啦" % name)
    bite(name)
    noodle.release()
    fork.release()
