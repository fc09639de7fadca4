import threading


class MyThread(threading.Thread):
    def __init__(self, action):
        super().__init__()
        self.action = action

    def run(self):
        self.action()


def build(guard, work):
    t1 = MyThread(guard)
    t1.daemon = True
    t1.start()
    t2 = MyThread(work)
    t2.start()
    return t1, t2
