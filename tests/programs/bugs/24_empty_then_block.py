from queue import Queue
from threading import Thread

pages = Queue()
for url in ("/a", "/b", "/c"):
    pages.put(url)


def crawl(name):
    while not pages.empty():
        url = pages.get()
        print(name, "fetches", url)


crawlers = [Thread(target=crawl, args=(f"c{i}",)) for i in range(2)]
for c in crawlers:
    c.start()
for c in crawlers:
    c.join()
print("all pages fetched")
