import sys
import threading

results = []


def check(n):
    results.append(n > 0)


t = threading.Thread(target=check, args=(-1,))
t.start()
t.join()
if not all(results):
    print("check failed")
    sys.exit(3)
