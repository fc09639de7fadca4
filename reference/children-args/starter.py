from multiprocessing import Process


def run_all(names, work):
    """给每个名字起一个子进程执行 work(name),全部结束以后返回。"""
