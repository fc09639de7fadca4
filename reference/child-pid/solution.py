import os
from multiprocessing import Process


def child():
    print("子进程", os.getpid(), "的父进程是", os.getppid())


if __name__ == "__main__":
    print("父进程", os.getpid())
    first = Process(target=child)
    first.start()
    first.join()
