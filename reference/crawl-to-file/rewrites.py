from queue import Empty, Queue
from threading import Lock, Thread


def crawl(urls, fetch, path, workers):
    todo = Queue()
    for url in dict.fromkeys(urls):
        todo.put(url)
    lock = Lock()
    open(path, "w").close()
    threads = [Thread(target=work, args=(todo, fetch, path, lock)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def work(todo, fetch, path, lock):
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
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + f"{url} {title}\n")
