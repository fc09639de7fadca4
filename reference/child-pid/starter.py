import os
from multiprocessing import Process


def child():
    pass    # 在一行里打印自己的进程号和父进程的进程号


if __name__ == "__main__":
    print("父进程", os.getpid())
    # 在这里起一个子进程,让它执行 child
