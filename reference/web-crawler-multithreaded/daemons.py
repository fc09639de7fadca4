from queue import Queue
from threading import Thread

class Solution:
    def crawl(self, startUrl: str, htmlParser: 'HtmlParser') -> List[str]:
        def fetch():
            while True:
                url = todo.get()
                found.put(htmlParser.getUrls(url))

        todo, found = Queue(), Queue()
        host = startUrl.split('/')[2]
        seen = {startUrl}
        todo.put(startUrl)
        for _ in range(4):
            Thread(target=fetch, daemon=True).start()
        running = 1
        while running:
            for url in found.get():
                if url not in seen and url.split('/')[2] == host:
                    seen.add(url)
                    todo.put(url)
                    running += 1
            running -= 1
        return list(seen)
