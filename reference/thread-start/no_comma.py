from threading import Thread


def run_threads(n, work):
    results = [None] * n

    def put_in(i):
        results[i] = work(i)

    threads = [Thread(target=put_in, args=(i)) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
