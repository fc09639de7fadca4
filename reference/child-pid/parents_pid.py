import os
from multiprocessing import Process


def child(pid, ppid):
    print("子进程", pid, "的父进程是", ppid)


if __name__ == "__main__":
    print("父进程", os.getpid())
    first = Process(target=child, args=(os.getpid(), os.getppid()))
    first.start()
    first.join()
