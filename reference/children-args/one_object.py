from multiprocessing import Process


def run_all(names, work):
    child = Process(target=work, args=(names[0],))
    for name in names:
        child.start()
    child.join()
