"""A few students, drawn by seed and group, are asked about one change to their own passing file.

The question needs no answer from the file's history: whoever wrote the lock can say what it is for. The key is what the
change does in general, and what the exercise's own tests showed of the changed file: where the scheduler decided, with the
order of events, how far was looked and the schedule to replay.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.judge.mutate import Kind, Mutant, mutants
from grader.language import say
from grader.reports.checks import number_of, title_of
from grader.reports.evidence import Sources
from grader.reports.explored import explored, passed
from grader.reports.missing import group_name, natural
from grader.reports.score import state_of
from grader.reports.text import one_line
from grader.reports.words import LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from grader.course.assignment import Assignment
    from grader.judge.records import CheckRecord, Grading
    from grader.language import Language, Message
    from grader.reports.view import CodeLine, ExploredView
    from grader.store.grade import Grade

    Judge = Callable[[Grade, Mapping[str, bytes]], Grading]

TRIED = 4  # mutants judged until one makes a difference

KEYS: dict[Kind, Message] = {
    Kind.DROP_LOCK: say("Without the lock two tasks can be inside at once: one reads while the other is about to write, and an update is lost or a half-written state is seen."),
    Kind.SWAP_LOCKS: say("If another task takes the same two locks in the other order, each can hold one and wait for the other: a deadlock. If all take them in the same order, nothing happens."),
    Kind.SHRINK_LOCK: say("What stands outside the lock is not protected by it: another task can come between it and the rest, and sees or changes a state that was only half done."),
    Kind.PLAIN_LOCK: say("A plain Lock taken again by the task that holds it never comes: the task waits for itself."),
    Kind.DROP_RETEST: say("Between the first test and the lock another task may have been here already: without the second test both do it."),
    Kind.DROP_WAIT: say("Whoever does not wait goes on too early: what it needs is not there yet, or is not finished."),
    Kind.DROP_NOTIFY: say("Whoever waits for this is never woken; it waits for ever, and so does whoever waits for it."),
    Kind.CHANGE_BOUND: say("One more or one less: too many are let in at once, or somebody is missing and the others wait for it."),
    Kind.DROP_JOIN: say("What comes after no longer knows that the work is done: results are incomplete, or the program ends (daemons die) too early."),
    Kind.DROP_TASK_DONE: say("The queue's join() counts what was put and reported; one report missing and it waits for ever."),
    Kind.DROP_SENTINEL: say("A consumer that never sees its end mark waits in get() for ever; whoever waits for it waits too."),
    Kind.WHILE_TO_IF: say("Woken, the task goes on without looking again, although another may have taken what it waited for, or nothing happened at all."),
    Kind.DROP_DAEMON: say("The program does not end while this task runs; if its loop has no end, never."),
    Kind.NOTIFY_ONE: say("Only one of the waiting tasks wakes; if it is the wrong one, or several could go on, the others wait for ever."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What judging the changed file showed for one check; `before` and `after` are verdict names.

    `explored`: what the scheduler found, None where real runs decided. `record` is what was found, as data.
    """

    title: str
    before: Message
    after: Message
    message: Mapping[str, str]
    explored: ExploredView | None
    record: CheckRecord


@dataclass(frozen=True, slots=True)
class Question:
    """`lines` are the student's own, around the changed one. `changes` None: the changed file was not run."""

    grade: Grade
    title: str
    mutant: Mutant
    lines: tuple[CodeLine, ...]
    key: Message
    changes: tuple[Change, ...] | None
    looked: tuple[str, ...] = ()  # how far explorations of the changed file looked that found nothing


@dataclass(frozen=True, slots=True)
class Spotcheck:
    """`without` are drawn-from students who have no passing file with anything to ask about, by group."""

    seed: str
    questions: tuple[Question, ...]
    without: Mapping[str, tuple[str, ...]]


def spotcheck(
    grades: Iterable[Grade],
    assignments: Mapping[str, Assignment],
    files: Callable[[Grade], Mapping[str, bytes]],
    *,
    seed: str,
    language: Language,
    group: str | None = None,
    count: int = 2,
    encoding: str = "utf-8",
    judge: Judge | None = None,
    scenarios: Mapping[str, str] | None = None,
) -> Spotcheck:
    """`count` students of each group (or of one). The same seed and grades give the same students and questions.

    `files` gives the snapshot of a grade; `judge` judges a changed snapshot as that grade's submission was judged; `scenarios`
    are the public ones of each exercise, which a schedule to replay carries.
    """
    asked_of = _Asked(assignments, files, language, encoding, judge, scenarios or {})
    groups: dict[str, dict[str, list[Grade]]] = defaultdict(lambda: defaultdict(list))
    for grade in grades:
        if group is None or grade.student.group == group:
            groups[grade.student.group][grade.student.id].append(grade)
    questions: list[Question] = []
    without: dict[str, tuple[str, ...]] = {}
    for name in sorted(groups, key=natural):
        chance = random.Random(f"{seed}\0{name}")  # noqa: S311 - a draw that can be repeated, no secret
        order = sorted(groups[name])
        chance.shuffle(order)
        asked, empty = 0, []
        for student in order:
            if asked == count:
                break
            question = _ask(groups[name][student], asked_of, chance)
            if question:
                questions.append(question)
                asked += 1
            else:
                empty.append(one_line(groups[name][student][0].student.name or student))
        if empty:
            without[group_name(name, language)] = tuple(empty)
    return Spotcheck(seed, tuple(questions), without)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every question is made with."""

    assignments: Mapping[str, Assignment]
    files: Callable[[Grade], Mapping[str, bytes]]
    language: Language
    encoding: str
    judge: Judge | None
    scenarios: Mapping[str, str]


def _ask(grades: Sequence[Grade], asked: _Asked, chance: random.Random) -> Question | None:
    """A question about one passing file of one student, preferring a change that is shown to matter."""
    candidates = sorted(
        (g for g in grades if g.assignment in asked.assignments and is_passing(g)), key=lambda g: g.assignment
    )
    chance.shuffle(candidates)
    for grade in candidates:
        snapshot = asked.files(grade)
        text, used = _decoded(snapshot.get(grade.file, b""), asked.encoding)
        found = [mutant for mutant in mutants(text) if not mutant.code.startswith("range(")]  # that asks for arithmetic
        if not found:
            continue
        chance.shuffle(found)
        mutant, changes, looked = _telling(found, grade, snapshot, used, asked)
        lines = Sources({grade.file: text.encode()}).around(grade.file, mutant.line)
        title = asked.assignments[grade.assignment].title.render(asked.language)
        return Question(grade, one_line(title), mutant, lines, KEYS[mutant.kind], changes, looked)
    return None


def _telling(
    found: Sequence[Mutant], grade: Grade, snapshot: Mapping[str, bytes], encoding: str, asked: _Asked
) -> tuple[Mutant, tuple[Change, ...] | None, tuple[str, ...]]:
    """The first of a few mutants that is shown to matter, else the first; what it changes, and how far was looked."""
    if asked.judge is None:
        return found[0], None, ()
    assignment, looked = asked.assignments[grade.assignment], list[tuple[str, ...]]()
    for mutant in found[:TRIED]:
        grading = asked.judge(grade, {**snapshot, grade.file: mutant.source.encode(encoding)})
        changes = tuple(_changes(grade.checks, grading.checks, assignment, asked))
        if changes:
            return mutant, changes, ()
        looked.append(tuple(line for check in grading.checks for line in passed(check, assignment, asked.language)))
    return found[0], (), looked[0]


def _changes(
    before: Iterable[CheckRecord], after: Iterable[CheckRecord], assignment: Assignment, asked: _Asked
) -> Iterator[Change]:
    old = {record.test: record for record in before}
    language = asked.language
    for record in after:
        was = old.get(record.test)
        if was and was.verdict is not record.verdict and state_of(was) == "passed":
            title = title_of(record.test, assignment, language)
            source = asked.scenarios.get(assignment.name, "")
            found = explored(record, assignment, source, language, f"t-{number_of(record.test, assignment)}")
            yield Change(title, LABELS[was.verdict], LABELS[record.verdict], record.message, found, record)


def is_passing(grade: Grade) -> bool:
    """Everything that was decided passed, and something was."""
    states = {state_of(record) for record in grade.checks}
    return grade.status == "graded" and "passed" in states and states <= {"passed", "open"}


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    """The file as text, and the encoding to write the changed one in."""
    for name in ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", encoding):
        try:
            return data.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    return "", "utf-8"
