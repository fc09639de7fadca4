from threading import Thread, get_ident


def run(n, items, work):
    idents = []

    def do(item):
        work(item)
        idents.append(get_ident())

    threads = [Thread(target=do, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return set(idents)
