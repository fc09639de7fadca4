import queue
import threading

urgent = queue.PriorityQueue()
stack = queue.LifoQueue()
plain = queue.SimpleQueue()
served = []


def doctor():
    while True:
        level, patient = urgent.get()
        if patient is None:
            return
        served.append(patient)


for q in (urgent, stack, plain):
    q.put((2, "b"))
    q.put((1, "a"))
    q.put((9, None))
t = threading.Thread(target=doctor)
t.start()
t.join()
assert served == ["a", "b"]
assert stack.get() == (9, None) and plain.get() == (2, "b")
