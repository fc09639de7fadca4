"""Who is graded next.

`work.py` is the table of jobs (claims, leases, lanes); `pool.py` keeps worker processes, `worker.py` is one of them and
`grading.py` what it does with one job; `batch.py` takes a class from repositories to grades.
May import store, intake, course, containers, judge; nothing of reports or web.
"""
