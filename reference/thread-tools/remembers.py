import threading

names = []


def snapshot():
    return threading.active_count(), threading.current_thread().name


def others():
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name not in names:
            names.append(thread.name)
    return sorted(names)
