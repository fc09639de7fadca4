from queue import Empty, Queue
from threading import Lock, Thread


def crawl(urls, fetch, path, workers):
    todo = Queue()
    for url in dict.fromkeys(urls):
        todo.put(url)
    lock = Lock()
    with open(path, "w", encoding="utf-8") as file:
        threads = [Thread(target=work, args=(todo, fetch, file, lock)) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def work(todo, fetch, file, lock):
    while True:
        try:
            url = todo.get_nowait()
        except Empty:
            return
        try:
            title = fetch(url)
        except Exception as error:
            print(url, error)
            continue
        with lock:
            print(url, title, file=file)
