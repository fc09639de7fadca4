import threading


def crawl(urls, fetch, path, workers):
    todo = list(set(urls))
    pages = {}
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if not todo:
                    return
                url = todo.pop()
            try:
                page = fetch(url)
            except Exception:
                continue
            with lock:
                pages[url] = page

    t_lst = [threading.Thread(target=work) for _ in range(workers)]
    for t in t_lst:
        t.start()
    for t in t_lst:
        t.join()
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(url + " " + pages[url] + "\n" for url in pages)
