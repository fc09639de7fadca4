from threading import Event, Thread


def build(guard, work):
    started = Event()
    threads = []

    def run():
        inner = Thread(target=work)
        inner.start()
        threads.append(inner)
        started.set()
        guard()

    daemon = Thread(target=run, daemon=True)
    daemon.start()
    started.wait()
    return daemon, threads[0]
