import threading

visited = set()
fetched = []
lock = threading.Lock()


def fetch(url):
    fetched.append(url)


def visit(url):
    with lock:
        if url in visited:
            return
        visited.add(url)
    fetch(url)


threads = [threading.Thread(target=visit, args=("/index",)) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert fetched == ["/index"], fetched
