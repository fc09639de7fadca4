import time

from stage import note


def both(student):
    """Two pieces of work: each is noted when it begins and when it ends."""

    def work(i):
        note(i, act="begin")
        note(i, act="end")
        return f"result {i}"

    return student.run_threads(2, work)


def long(student, seconds):
    """The i-th piece of work takes seconds[i]; what came back, and that it came at the end."""
    done = []

    def work(i):
        time.sleep(seconds[i])
        done.append(i)
        return i * i

    results = student.run_threads(len(seconds), work)
    return list(results), sorted(done)
