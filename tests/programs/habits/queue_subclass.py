import queue, threading


class SetQueue(queue.Queue):
    def _init(self, maxsize):
        self.queue = set()

    def _put(self, item):
        self.queue.add(item)

    def _get(self):
        return self.queue.pop()


q = SetQueue()


def p():
    for i in range(3):
        q.put(i % 2)


t = threading.Thread(target=p)
t.start()
t.join()
assert q.qsize() == 2
q.get()
q.get()
