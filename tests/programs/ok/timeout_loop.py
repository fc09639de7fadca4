import queue
import threading

inbox = queue.Queue()
stop = threading.Event()
handled = []


def handler():
    while not (stop.is_set() and inbox.empty()):
        try:
            message = inbox.get(timeout=0.01)
        except queue.Empty:
            continue
        handled.append(message)


t = threading.Thread(target=handler)
t.start()
for text in ("hello", "你好"):
    inbox.put(text)
stop.set()
t.join()
assert handled == ["hello", "你好"]
