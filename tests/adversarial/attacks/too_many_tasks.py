"""More tasks than are explored."""
from threading import Thread


def eat1(a, b, note):
    for _ in range(300):
        Thread(target=print).start()
    with a:
        with b:
            note("eat1")
