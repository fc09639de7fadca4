"""Grades made readable: pages and Markdown for students, the class page for staff, files for other systems.

Everything here is a pure function of `Grade`s, assignments and the course; only `pages` writes files.

    reader, visibility   who reads, and what of hidden checks that reader may see (the one filter, on data)
    student, checks,     one report as a view: plain values, in one language, safe to show (`view`)
    evidence, score,
    advice, words
    days, classpage,     all days of one student; the class, with `clusters` of the same mistake, `similar` files and who
    missing              is missing
    render, markdown,    views to HTML (templates/) and Markdown; `text` makes foreign text visible and harmless;
    text, statement      an instructor's Markdown cleaned
    contract             the JSON object, with grade.schema.json
    spotcheck, sheet     questions about a student's own file
    pages, links         all of it as files in one folder
    exports/             table, Canvas, Moodle, Gradescope, JUnit
    texts, verdict_table what tests and docs/verdicts.md are made from

May import course, judge (records, verdicts, mutate), store (its values), language, errors; nothing of intake, containers or jobs.
"""
