from threading import Thread


def build(guard, work):
    daemon = Thread(target=guard, daemon=True)
    normal = Thread(target=work)
    daemon.start()
    normal.start()
    return daemon, normal
