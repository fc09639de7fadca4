import threading
from queue import Queue

work = Queue()
answers = []


def helper():
    while True:
        a, b = work.get()
        answers.append(a + b)
        work.task_done()


for _ in range(2):
    threading.Thread(target=helper, daemon=True).start()
work.put((1, 2))
work.put((3, 4))
work.join()
assert sorted(answers) == [3, 7]
print("main is through, the helpers wait for ever")
