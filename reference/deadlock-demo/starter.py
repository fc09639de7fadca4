def eat1(name, noodle, fork, bite):
    """拿到 noodle 和 fork 两把锁,bite(name),再放开。"""


def eat2(name, noodle, fork, bite):
    """也一样,可是跟 eat1 一起会死锁。"""
