from queue import Queue
from threading import Thread

class Solution:
    def crawl(self, startUrl: str, htmlParser: 'HtmlParser') -> List[str]:
        def fetch():
            while True:
                fresh = []
                for url in htmlParser.getUrls(todo.get()):
                    if url.split('/')[2] == host and url not in seen:
                        seen.add(url)
                        fresh.append(url)
                found.put(fresh)

        todo, found = Queue(), Queue()
        host = startUrl.split('/')[2]
        seen = {startUrl}
        todo.put(startUrl)
        for _ in range(3):
            Thread(target=fetch, daemon=True).start()
        running = 1
        while running:
            for url in found.get():
                todo.put(url)
                running += 1
            running -= 1
        return list(seen)
