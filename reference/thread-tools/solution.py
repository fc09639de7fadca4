import threading


def snapshot():
    return threading.active_count(), threading.current_thread().name


def others():
    me = threading.current_thread()
    return sorted(thread.name for thread in threading.enumerate() if thread is not me)
