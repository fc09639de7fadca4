from threading import Lock, Thread


def crawl(urls, fetch, path, workers):
    lock = Lock()

    def work(url):
        try:
            title = fetch(url)
        except Exception as error:
            print(url, error)
            return
        with lock:
            file.write(f"{url} {title}\n")

    with open(path, "w", encoding="utf-8") as file:
        threads = [Thread(target=work, args=(url,)) for url in dict.fromkeys(urls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
