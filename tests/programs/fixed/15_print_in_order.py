import threading

# 按顺序打印 first second third
out = []
gates = [threading.Event() for _ in range(4)]
gates[0].set()


def say(i, word):
    gates[i].wait()
    print(word)
    out.append(word)
    gates[i + 1].set()


threads = []
for i, word in enumerate(("first", "second", "third")):
    t = threading.Thread(target=say, args=(i, word))
    threads.append(t)
    t.start()

for t in threads:
    t.join()
assert out == ["first", "second", "third"], out
