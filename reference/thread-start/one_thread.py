from threading import Thread


def run_threads(n, work):
    results = []

    def all_of_them():
        for i in range(n):
            results.append(work(i))

    thread = Thread(target=all_of_them)
    thread.start()
    thread.join()
    return results
