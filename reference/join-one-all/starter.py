from multiprocessing import Process

def buy_all(fruits, buy):
    """每种水果派一个子进程去买,都回来以后按顺序返回进程对象的列表。"""
