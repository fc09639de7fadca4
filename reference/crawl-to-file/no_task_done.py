from queue import Queue
from threading import Lock, Thread


def crawl(urls, fetch, path, workers):
    todo = Queue()
    for url in dict.fromkeys(urls):
        todo.put(url)
    lock = Lock()

    def work():
        while True:
            url = todo.get()
            try:
                title = fetch(url)
                with lock:
                    file.write(f"{url} {title}\n")
                todo.task_done()
            except Exception as error:
                print(url, error)

    with open(path, "w", encoding="utf-8") as file:
        for _ in range(workers):
            Thread(target=work, daemon=True).start()
        todo.join()
