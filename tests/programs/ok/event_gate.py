import threading

config = None
loaded = threading.Event()
seen = []


def load():
    global config
    config = {"port": 8080}
    loaded.set()


def serve():
    loaded.wait()
    seen.append(config["port"])


threads = [threading.Thread(target=serve), threading.Thread(target=load), threading.Thread(target=serve)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert seen == [8080, 8080]
