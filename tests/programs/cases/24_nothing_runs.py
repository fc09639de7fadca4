import threading

lock = threading.Lock()
count = 0


def work():
    global count
    with lock:
        count += 1


class Worker(threading.Thread):
    def run(self):
        work()


def main():
    Worker().start()
