"""Facts, appended with who and when and never overwritten, and what follows from them.

    store.py      an open database; `engine.py` its connections, `models.py` its schema, `migrations/` how it came to be
    facts.py      appends what machines saw, `acts.py` what people decided, `regrades.py` sets of new gradings
    gradebook.py  reads all facts of a class in a constant number of queries, as the values of `records.py`
    grade.py      the current grade, a pure function of the facts; `late.py`, `notices.py` are parts of it
    grades.py     grades as everybody asks for them
    keeping.py    backup, restore, forgetting a student, cleaning

May import course, judge (records and verdicts), language, errors; nothing of intake, containers, jobs or reports.
"""
