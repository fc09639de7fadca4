import threading

class Solution:
    def crawl(self, startUrl: str, htmlParser: 'HtmlParser') -> List[str]:
        self.visited = {startUrl}
        self.lock = threading.Lock()
        self.prefix = startUrl.split('/')[2]
        self.visit(startUrl, htmlParser)
        return list(self.visited)

    def visit(self, url, htmlParser):
        threads = []
        for link in htmlParser.getUrls(url):
            if link.split('/')[2] != self.prefix:
                continue
            with self.lock:
                if link in self.visited:
                    continue
                self.visited.add(link)
            t = threading.Thread(target=self.visit, args=(link, htmlParser))
            t.start()
            threads.append(t)
        for t in threads:
            t.join()
