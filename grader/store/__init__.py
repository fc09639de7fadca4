"""Facts, appended with who and when and never overwritten, and what follows from them.

`store.py` opens a database; `models.py` is its schema; `facts.py` appends what machines saw, `acts.py` what people decided;
`gradebook.py` reads, `grade.py` computes the current grade as a pure function of the facts.
May import course, judge (records only), language, errors; nothing of intake, containers, jobs or reports.
"""
