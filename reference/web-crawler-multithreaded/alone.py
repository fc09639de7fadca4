class Solution:
    def crawl(self, startUrl: str, htmlParser: 'HtmlParser') -> List[str]:
        host = startUrl.split('/')[2]
        seen, todo = {startUrl}, deque([startUrl])
        while todo:
            for url in htmlParser.getUrls(todo.popleft()):
                if url.split('/')[2] == host and url not in seen:
                    seen.add(url)
                    todo.append(url)
        return list(seen)
