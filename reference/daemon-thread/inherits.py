from threading import Thread


def build(guard, work):
    started = []

    def run():
        inner = Thread(target=work)
        inner.start()
        started.append(inner)
        guard()

    daemon = Thread(target=run, daemon=True)
    daemon.start()
    while not started:
        pass
    return daemon, started[0]
