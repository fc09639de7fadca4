from multiprocessing import Process


def run_all(names, work):
    children = [Process(target=work, args=(name,)) for name in names]
    for child in children:
        child.start()
    for child in children:
        child.join()
