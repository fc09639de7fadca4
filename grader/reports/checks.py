"""One check as its reader sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course.checks import Manual
from grader.course.quiz import Quiz
from grader.judge.verdicts import MEANINGS, Actor, Verdict
from grader.language import say
from grader.reports import words
from grader.reports.evidence import Sources, evidence
from grader.reports.explored import TOLD, explored, passed
from grader.reports.numbers import clock, points
from grader.reports.score import label_of, state_of
from grader.reports.text import one_line, visible
from grader.reports.view import CheckView, CommentView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.judge.records import CheckRecord
    from grader.language import Language, Message
    from grader.store.records import Comment

ASKED = 60  # characters of a question that stand for its title

CHANGES: dict[str, Message] = {
    "fixed": say("fixed since the attempt before"),
    "broken": say("passed in the attempt before"),
}


def check_view(
    record: CheckRecord,
    assignment: Assignment,
    comments: Iterable[Comment],
    sources: Sources,
    language: Language,
    change: str,
    course: Course,
    scenarios: str = "",
) -> CheckView:
    check = assignment.check(record.test)
    state = state_of(record)
    meaning = MEANINGS[record.verdict]
    is_part = record.verdict is Verdict.PASS and state == "partly"
    sentence = (say("Part of what this check asks for was shown.") if is_part else meaning.sentence).render(language)
    detail = visible(record.message.get(language) or record.message.get("en") or "")
    main_file = assignment.submit.file.rsplit("/", 1)[-1] if assignment.submit.file else ""
    remarks = (*_by_hand(record, language), *passed(record, assignment, language))
    schedules = explored(record, assignment, scenarios, language, f"t-{number_of(record.test, assignment)}")
    if schedules and schedules.told and record.verdict in TOLD:
        detail = ""  # the sentence says it in full
    found = evidence(record, sources, language, main_file, remarks)
    wants_hint = state != "passed" and record.verdict is not Verdict.NOT_RUN
    hint = visible(check.hint.render(language)) if check and check.hint and wants_hint else ""
    acts = meaning.actor not in {Actor.NOBODY, Actor.STUDENT}
    return CheckView(
        test=one_line(record.test),
        title=title_of(record.test, assignment, language),
        verdict=record.verdict,
        state=state,
        sign=words.SIGNS[state],
        label=label_of(record).render(language),
        points=f"{points(record.points)} / {points(record.max)}",
        sentence=sentence,
        detail="" if detail == meaning.sentence.render(language) else detail,
        hint=hint,
        next=""
        if state == "passed" or hint
        else words.NEXT[Verdict.FAIL if is_part else record.verdict].render(language),
        actor=words.ACTORS[meaning.actor].render(language) if acts else "",
        change=CHANGES[change].render(language) if change else "",
        is_real=record.evidence.get("real") is True,
        evidence=found,
        explored=schedules,
        comments=comment_views((c for c in comments if c.check == record.test), sources, main_file, course),
    )


def number_of(test: str, assignment: Assignment) -> int:
    """A check's place in the exercise; ids on a page are made of it."""
    return next((n for n, check in enumerate(assignment.checks, 1) if check.name == test), 0)


def title_of(test: str, assignment: Assignment, language: Language) -> str:
    """A check's title, else the question it asks, else its name made readable: `test_one_client` as "one client"."""
    check = assignment.check(test)
    if check and check.title:
        return one_line(check.title.render(language))
    if check and isinstance(check.kind, Quiz | Manual):
        ask = one_line(check.kind.ask.render(language).strip().split("\n")[0])
        return f"{one_line(test)}: {ask if len(ask) <= ASKED else ask[:ASKED] + '…'}"
    return one_line(test.removeprefix("test_").replace("_", " "))


def _by_hand(record: CheckRecord, language: Language) -> Iterable[str]:
    decided, overridden = record.evidence.get("decided"), record.evidence.get("overridden")
    if isinstance(decided, dict):
        values = {key: one_line(str(decided.get(key, ""))) for key in ("by", "reason")}
        yield say("Decided by {by}: {reason}", **values).render(language)
    if isinstance(overridden, dict):
        values = {key: one_line(str(overridden.get(key, ""))) for key in ("by", "reason", "points")}
        yield say("Points set by {by} (before: {points}): {reason}", **values).render(language)


def comment_views(comments: Iterable[Comment], sources: Sources, file: str, course: Course) -> tuple[CommentView, ...]:
    return tuple(
        CommentView(
            text=visible(comment.text),
            by=one_line(comment.act.by),
            at=clock(comment.act.at, course.timezone),
            line=comment.line,
            code=sources.line(file, comment.line) if comment.line else "",
        )
        for comment in comments
    )
