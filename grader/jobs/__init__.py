"""Who is graded next.

    batch.py      a class from repositories to grades; `look.py` fetches, `recording.py` writes down what was seen
    work.py       the table of jobs: claims, leases, lanes, caps
    pool.py       worker processes of this machine; `worker.py` is one, `grading.py` what it does with one job
    tools.py      what a worker grades with, so that tests can hand in their own
    verbs.py      what people ask of the table: retry, regrade, missing, forget, clean

May import store, intake, course, containers, judge; nothing of reports or web.
"""
