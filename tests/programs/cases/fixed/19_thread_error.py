import threading

grades = {"s01": 90}


def show(student):
    print(student, grades.get(student, "no grade"))


for s in ("s01", "s02"):
    t = threading.Thread(target=show, args=(s,))
    t.start()
    t.join()
print("done")
