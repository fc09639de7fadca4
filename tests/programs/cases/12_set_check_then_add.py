import threading

visited = set()
fetched = []


def fetch(url):
    fetched.append(url)


def visit(url):
    if url not in visited:
        fetch(url)
        visited.add(url)


threads = [threading.Thread(target=visit, args=("/index",)) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert fetched == ["/index"], fetched
