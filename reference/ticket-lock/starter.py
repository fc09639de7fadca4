import json


def buy(name, path, lock):
    """name 买一张票: 买到返回 True,没票了返回 False。"""
    # 1. 从 path 读出还剩几张
    # 2. 还有: 减一,写回 path
    # 哪几步之间不能有别人?
