from threading import Thread


def build(guard, work):
    """起一个守护线程运行 guard,一个普通线程运行 work,马上返回这两个线程。"""
