from queue import Queue
from threading import Thread

pages = Queue()
for url in ("/a", "/b", "/c"):
    pages.put(url)


def crawl(name):
    while (url := pages.get()) is not None:
        print(name, "fetches", url)


crawlers = [Thread(target=crawl, args=(f"c{i}",)) for i in range(2)]
for c in crawlers:
    c.start()
for c in crawlers:
    pages.put(None)
for c in crawlers:
    c.join()
print("all pages fetched")
