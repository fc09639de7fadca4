from threading import Thread


def run_threads(n, work):
    results = [None] * n

    def put_in(i):
        results[i] = work(i)

    threads = []
    for i in range(n):
        threads.append(Thread(target=lambda: put_in(i)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
