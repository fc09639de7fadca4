"""One job: load what it needs from GRADER_HOME, let the judge judge, store. Whatever goes wrong ends as a fact."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import structlog

from grader.errors import GraderError
from grader.jobs import work
from grader.judge.verdicts import Verdict
from grader.language import say

if TYPE_CHECKING:
    from pathlib import Path

    from grader.containers.session import Backend
    from grader.jobs.tools import Judge, Tools
    from grader.jobs.work import Claim
    from grader.language import Message
    from grader.store.store import Store

log = structlog.get_logger()
SPACE = 256 * 2**20  # bytes free below which no job is started: a full disk looks like everybody's fault


def grade_one(
    store: Store, home: Path, held: Claim, tools: Tools, judge: Judge, backend: Backend
) -> Literal["done", "queued", "stopped", "lost"]:
    """Grade one claimed job and store what came out; says what became of the job. Raises nothing but what ends the worker."""
    if (free := shutil.disk_usage(home).free) < SPACE:
        return _fail(
            store,
            held,
            say(
                "The disk is nearly full: {free} MB are free, {need} MB are needed.",
                free=free // 2**20,
                need=SPACE // 2**20,
            ),
        )
    try:
        version, snapshot = tools.version(home, held.version), tools.snapshot(home, held.snapshot)
        grading = judge.grade(version, snapshot, held.student, backend)
    except GraderError as error:
        return _fail(store, held, error.message)
    except Exception as error:
        log.exception("grading failed", student=held.student, assignment=held.assignment, work=held.work_id)
        return _fail(store, held, say("The grader itself failed: {why}", why=f"{type(error).__name__}: {error}"))
    broken = [check for check in grading.checks if check.verdict is Verdict.INFRA]
    if broken:
        return work.fail(
            store,
            held,
            message=say("{check} could not be judged for a reason that is ours.", check=broken[0].test),
            now=datetime.now(UTC),
            checks=grading.checks,
            is_repeated_alone=True,
        )
    return "done" if work.finish(store, held, grading, datetime.now(UTC)) else "lost"


def _fail(store: Store, held: Claim, message: Message) -> Literal["queued", "stopped", "lost"]:
    return work.fail(store, held, message=message, now=datetime.now(UTC))
