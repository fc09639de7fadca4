import threading


class Post:
    def __init__(self):
        self.__likes = 0
        self.__lock = threading.Lock()

    def like(self):
        with self.__lock:
            self.__likes += 1

    def likes(self):
        return self.__likes


post = Post()
fans = [threading.Thread(target=post.like) for _ in range(2)]
for f in fans:
    f.start()
for f in fans:
    f.join()
assert post.likes() == 2
