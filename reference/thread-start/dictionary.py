import threading


def run_threads(n, work):
    results = {}

    def func(i):
        results[i] = work(i)

    t_lst = []
    for i in range(n):
        t = threading.Thread(target=func, args=(i,))
        t.start()
        t_lst.append(t)
    for t in t_lst:
        t.join()
    return [results[i] for i in range(n)]
