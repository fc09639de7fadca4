from multiprocessing import Process


def run_all(names, work):
    def everything():
        for name in names:
            work(name)

    child = Process(target=everything)
    child.start()
    child.join()
