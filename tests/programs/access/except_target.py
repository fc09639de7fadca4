import threading

reports = []


def note(text):
    print("problem with", text)


def parse(text):
    global problem
    try:
        int(text)
    except ValueError as problem:
        note(text)
        reports.append((text, str(problem)))


threads = [threading.Thread(target=parse, args=(t,)) for t in ("four", "five")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(reports) == 2
assert all(text in message for text, message in reports), reports
