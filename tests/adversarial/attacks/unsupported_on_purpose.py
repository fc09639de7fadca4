"""Something that is not controlled is used, so that real runs decide."""
import socket


class Counter:
    def __init__(self):
        self.value = 0
        socket.socket().close()

    def add(self):
        n = self.value
        self.value = n + 1


def eat1(a, b, note):
    socket.socket().close()
    with a:
        with b:
            note("eat1")
