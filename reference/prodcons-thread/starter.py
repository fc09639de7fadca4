from threading import Thread


def run(q, m, n, items, eat):
    """m 个生产者把 items 放进 q,n 个消费者取出来 eat(item),都吃完了返回。"""


def produce(q, items):
    pass


def consume(q, eat):
    pass
