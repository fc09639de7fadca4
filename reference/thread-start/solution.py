from threading import Thread


def run_threads(n, work):
    results = [None] * n
    threads = [Thread(target=put_in, args=(results, i, work)) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def put_in(results, i, work):
    results[i] = work(i)
