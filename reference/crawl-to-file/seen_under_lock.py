from queue import Empty, Queue
from threading import Lock, Thread


def crawl(urls, fetch, path, workers):
    todo = Queue()
    for url in urls:
        todo.put(url)
    seen = set()
    lock = Lock()
    with open(path, "w", encoding="utf-8") as file:
        threads = [Thread(target=work, args=(todo, seen, fetch, file, lock)) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def work(todo, seen, fetch, file, lock):
    while True:
        try:
            url = todo.get_nowait()
        except Empty:
            return
        with lock:
            if url in seen:
                continue
            seen.add(url)
        try:
            title = fetch(url)
        except Exception as error:
            print(url, error)
            continue
        with lock:
            file.write(f"{url} {title}\n")
