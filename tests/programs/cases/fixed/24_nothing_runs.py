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
    team = [Worker(), Worker()]
    for w in team:
        w.start()
    for w in team:
        w.join()


main()
assert count == 2
