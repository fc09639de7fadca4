import threading

LIMIT = 2
course = ["s01"]
lock = threading.Lock()


def check_fee(student):
    print(student, "has paid")


def enrol(student):
    with lock:
        if len(course) < LIMIT:
            check_fee(student)
            course.append(student)


threads = [threading.Thread(target=enrol, args=(s,)) for s in ("s02", "s03")]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(course) <= LIMIT, course
