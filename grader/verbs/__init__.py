"""What each verb of the command line does: opens the course, calls one package, prints what came out.

`context` is what every verb starts from; `grading`, `acts`, `results`, `authoring`, `operating` follow who uses them.
"""

from grader.verbs.acts import comment, decide, extend, override, regrade, release, retry, review
from grader.verbs.authoring import check, new, preview, publish, roster
from grader.verbs.context import Context, How, Signed, Where
from grader.verbs.exploring import explore, replay
from grader.verbs.grading import batch, collect, grade
from grader.verbs.operating import backup, clean, doctor, forget, init, restore
from grader.verbs.results import export, missing, report, spotcheck

__all__ = [
    "Context", "How", "Signed", "Where", "backup", "batch", "check", "clean", "collect", "comment", "decide", "doctor", "explore", "export", "extend",
    "forget", "grade", "init", "missing", "new", "override", "preview", "publish", "regrade", "release", "replay", "report", "restore", "retry", "review",
    "roster", "spotcheck",
]  # fmt: skip
