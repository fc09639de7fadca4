import threading

ping = threading.Lock()
pong = threading.Lock()
pong.acquire()
out = []


def play(mine, other, word):
    for _ in range(3):
        mine.acquire()
        out.append(word)
        other.release()


a = threading.Thread(target=play, args=(ping, pong, "ping"))
b = threading.Thread(target=play, args=(pong, ping, "pong"))
a.start()
b.start()
a.join()
b.join()
assert out == ["ping", "pong"] * 3
