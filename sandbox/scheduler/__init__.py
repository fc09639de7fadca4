"""A controlled scheduler: runs concurrent programs one step at a time, under orders that a strategy chooses and that can be replayed.

    task        one thread of control (a greenlet) and the operation it has announced
    engine      tasks, clock, choices; knows nothing of threads, locks or grading
    strategies  who goes on: one small file each
    races       the race detector: an observer of accesses and of what orders them
    schedule    the printable form of one order
    search      which strategies, in which order, within which budget
    minimise    the same failure with fewer switches

`sandbox.overlay` builds the standard library's names from these steps, `sandbox.rewrite` puts them into a program's syntax tree.
Nothing here imports the grader or the rest of `sandbox`.
"""
