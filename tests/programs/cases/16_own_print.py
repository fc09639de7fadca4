import sys
import threading


def say(*words):
    sys.stdout.write(" ".join(str(w) for w in words) + "\n")
    sys.stdout.flush()


def greet(name):
    say("你好,", name)
    print("hello", name, file=sys.stderr)


threads = [threading.Thread(target=greet, args=(n,)) for n in ("s01", "s02", "s03")]
for t in threads:
    t.start()
for t in threads:
    t.join()
say("end")
