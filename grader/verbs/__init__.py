"""What each verb of the command line does: opens the course, calls one package, prints what came out.

`context` is what every verb starts from; `grading`, `acts`, `results`, `authoring` with `checking` and `proofs`, `operating` follow who uses them.
A module is loaded when a verb of it is asked for: `explore` and `replay` run where nothing of the server is installed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.verbs.acts import comment, decide, extend, override, regrade, release, retry, review
    from grader.verbs.authoring import new, preview, publish, roster
    from grader.verbs.checking import check
    from grader.verbs.context import Context, How, Signed, Where
    from grader.verbs.exploring import explore, replay
    from grader.verbs.grading import batch, collect, grade
    from grader.verbs.kit import kit
    from grader.verbs.operating import backup, clean, doctor, forget, init, restore
    from grader.verbs.results import export, missing, report, spotcheck

MODULES = {
    "acts": ("comment", "decide", "extend", "override", "regrade", "release", "retry", "review"),
    "authoring": ("new", "preview", "publish", "roster"),
    "checking": ("check",),
    "context": ("Context", "How", "Signed", "Where"),
    "exploring": ("explore", "replay"),
    "grading": ("batch", "collect", "grade"),
    "kit": ("kit",),
    "operating": ("backup", "clean", "doctor", "forget", "init", "restore"),
    "results": ("export", "missing", "report", "spotcheck"),
}

__all__ = [
    "Context", "How", "Signed", "Where", "backup", "batch", "check", "clean", "collect", "comment", "decide", "doctor", "explore", "export", "extend",
    "forget", "grade", "init", "kit", "missing", "new", "override", "preview", "publish", "regrade", "release", "replay", "report", "restore", "retry", "review",
    "roster", "spotcheck",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    for module, names in MODULES.items():
        if name in names:
            return getattr(importlib.import_module(f"grader.verbs.{module}"), name)
    raise AttributeError(f"no verb {name}", name=name)
