import threading

views = {"首页": 1}


def visit():
    views["首页"] = views.get("首页", 0) + 1


def reset():
    views.clear()


ts = [threading.Thread(target=f) for f in (visit, reset)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(views)
