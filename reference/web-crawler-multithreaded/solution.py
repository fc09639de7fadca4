import threading
from queue import Queue


class Solution:
    def crawl(self, startUrl, htmlParser):
        host = self.host_of(startUrl)
        seen = {startUrl}
        lock = threading.Lock()
        todo = Queue()
        todo.put(startUrl)

        def work():
            while True:
                url = todo.get()
                if url is None:
                    return
                for link in htmlParser.getUrls(url):
                    if self.host_of(link) != host:
                        continue
                    with lock:
                        if link in seen:
                            continue
                        seen.add(link)
                    todo.put(link)
                todo.task_done()

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        todo.join()
        for _ in workers:
            todo.put(None)
        for worker in workers:
            worker.join()
        return list(seen)

    def host_of(self, url):
        return url.split("/")[2]
