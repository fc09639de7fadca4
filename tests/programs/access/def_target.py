import threading

answers = []


def note(text):
    print(text)


def plus():
    global operate

    def operate(a, b):
        return a + b

    note("plus is ready")
    answers.append(operate(2, 5) == 7)


def times():
    global operate
    operate = lambda a, b: a * b
    note("times is ready")
    answers.append(operate(2, 5) == 10)


threads = [threading.Thread(target=plus), threading.Thread(target=times)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert all(answers), answers
