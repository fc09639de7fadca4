import threading

rang = []


def ring(word):
    rang.append(word)


alarm = threading.Timer(0.01, ring, args=("wake up",))
never = threading.Timer(60, ring, args=("too late",))
alarm.start()
never.start()
alarm.join()
never.cancel()
never.join()
assert "wake up" in rang
print(rang)
