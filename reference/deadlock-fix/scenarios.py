from stage import label, note, together

def table(student, first, second):
    noodle, fork = student.make_locks()
    label(noodle=noodle, fork=fork)                          # one lock may carry both labels
    together(lambda: getattr(student, first)("太白", noodle, fork, note),
             lambda: getattr(student, second)("哪吒", noodle, fork, note))
