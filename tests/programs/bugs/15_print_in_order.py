import threading

# 按顺序打印 first second third
out = []


def say(word):
    print(word)
    out.append(word)


threads = []
for word in ("first", "second", "third"):
    t = threading.Thread(target=say, args=(word,))
    threads.append(t)
    t.start()

for t in threads:
    t.join()
assert out == ["first", "second", "third"], out
