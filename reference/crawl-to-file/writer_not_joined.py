from queue import Queue
from threading import Thread


def crawl(urls, fetch, path, workers):
    urls = list(set(urls))
    pages = Queue()
    fetchers = [Thread(target=produce, args=(urls[i::workers], fetch, pages)) for i in range(workers)]
    writer = Thread(target=consume, args=(pages, path))
    for thread in [writer, *fetchers]:
        thread.start()
    for thread in fetchers:
        thread.join()
    pages.put(None)


def produce(urls, fetch, pages):
    for url in urls:
        try:
            pages.put((url, fetch(url)))
        except Exception as e:
            print(e)


def consume(pages, path):
    with open(path, "w", encoding="utf-8") as f:
        while True:
            page = pages.get()
            if page is None:
                break
            f.write("%s %s\n" % page)
