import random
import time
from threading import Lock, RLock

def make_locks():
    return Lock(), Lock()

def eat1(name, noodle, fork, bite):
    with noodle:
        with fork:
            bite(name)

def eat2(name, noodle, fork, bite):
    while True:
        with fork:
            if noodle.acquire(timeout=0.01):
                bite(name)
                noodle.release()
                return
        time.sleep(random.uniform(0.001, 0.01))
