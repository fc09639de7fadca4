class BoundedBlockingQueue(object):

    def __init__(self, capacity: int):
        pass

    def enqueue(self, element: int) -> None:
        pass

    def dequeue(self) -> int:
        pass

    def size(self) -> int:
        pass
