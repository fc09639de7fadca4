from concurrent.futures import ThreadPoolExecutor
from threading import Lock


def crawl(urls, fetch, path, workers):
    lock = Lock()

    def work(url):
        title = fetch(url)
        with lock:
            f.write(url + " " + title + "\n")

    with open(path, "w", encoding="utf-8") as f:
        with ThreadPoolExecutor(workers) as pool:
            for url in set(urls):
                pool.submit(work, url)
