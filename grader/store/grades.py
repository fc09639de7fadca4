"""Grades as everybody asks for them: of a class, of one student, from an open store."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from grader.course.lateness import allocate, lateness
from grader.course.roster import Student
from grader.course.version import Version
from grader.errors import GraderError
from grader.store.facts import ANONYMOUS
from grader.store.grade import Grade, Rules, count, current
from grader.store.gradebook import Gradebook, read
from grader.store.late import NOT_LATE, arrival
from grader.store.records import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from grader.course.course import Course
    from grader.course.lateness import Late
    from grader.store.grade import Counting
    from grader.store.records import Attempted
    from grader.store.store import Store


def grades(
    store: Store,
    course: Course,
    now: datetime,
    *,
    names: Iterable[str] | None = None,
    students: Sequence[Student] | None = None,
    versions: Mapping[str, Version] | None = None,
) -> tuple[Grade, ...]:
    """One grade for each student and exercise, sorted by the course's order of exercises, then by student id.

    `names`: these exercises only; `students`: these only (else the class list; without one, everybody who has facts).
    `versions`: exercises already loaded. The number of queries depends on neither. Raises Problems for a broken exercise,
    UsageError for a name that does not exist.
    """
    wanted = set(course.assignments() if names is None else names)
    for name in sorted(wanted):
        course.due(name)  # a name that does not exist is a wrong use
    asked = tuple(name for name in course.assignments() if name in wanted)
    loaded = dict(versions or {})
    needed = course.assignments() if course.late.slip_days else asked  # slip days are shared by all exercises
    with store.read() as session:
        book = read(session, student=students[0].id if students is not None and len(students) == 1 else None)
    handed_in = {name for (_, name), facts in book.facts.items() if facts.attempts}
    for name in needed:
        if name not in loaded:
            try:
                loaded[name] = Version.of(course, name)
            except GraderError:
                if name in wanted or name in handed_in:
                    raise  # a draft that nobody handed in takes no slip days, so it stops nobody else's grades
    who = tuple(students) if students is not None else book.students or _with_facts(book)
    rules = rules_of(course, book, {name: loaded[name] for name in needed if name in loaded})
    made: dict[tuple[str, str], Grade] = {}
    for student in who:
        for name, grade in _of_one(student, book, rules, course, asked, now).items():
            made[name, student.id] = grade
    return tuple(made[name, s.id] for name in asked for s in sorted(who, key=lambda s: s.id))


def grade(store: Store, course: Course, now: datetime, *, student: Student, name: str) -> Grade:
    """The grade of one student for one exercise."""
    return grades(store, course, now, names=[name], students=[student])[0]


def find_student(store: Store, student: str) -> Student:
    """A student by id, on the class list or not."""
    with store.read() as session:
        found = {s.id: s for s in read(session, student=student).students}
    return found.get(student) or _unlisted(student)


def rules_of(course: Course, book: Gradebook, versions: Mapping[str, Version]) -> dict[str, Rules]:
    """What today's course says about each exercise."""
    return {
        name: Rules(
            assignment=version.assignment,
            due=course.due(name),
            zone=course.timezone,
            counts=course.attempts.counts,
            per_day=course.attempts.per_day,
            execution=functools.cache(version.execution_digest),
            proved=book.proved.get(name, frozenset()),
            released=book.released.get(name, frozenset()),
        )
        for name, version in versions.items()
    }


def _of_one(
    student: Student, book: Gradebook, rules: Mapping[str, Rules], course: Course, asked: Sequence[str], now: datetime
) -> dict[str, Grade]:
    """All of one student's grades: slip days go to the earliest due date first, over all exercises."""
    facts = {name: book.facts.get((student.id, name), Facts()) for name in rules}
    counted = {name: _count(facts[name], rules[name], course) for name in rules}
    arrivals = [
        arrival(counting.chosen, facts[name], name, rules[name].due)
        for name, counting in counted.items()
        if counting.chosen
    ]
    late = allocate(arrivals, course.late, course.timezone)
    return {
        name: current(student, facts[name], rules[name], counted[name], late.get(name, NOT_LATE), now) for name in asked
    }


def _count(facts: Facts, rules: Rules, course: Course) -> Counting:
    def without_slip_days(attempt: Attempted) -> Late:
        return lateness(arrival(attempt, facts, rules.assignment.name, rules.due), course.late, course.timezone)

    return count(facts, rules, without_slip_days)


def _with_facts(book: Gradebook) -> tuple[Student, ...]:
    return tuple(_unlisted(student) for student in sorted({student for student, _ in book.facts}))


def _unlisted(student: str) -> Student:
    repository = student.removeprefix(ANONYMOUS) if student.startswith(ANONYMOUS) else None
    return Student(id=student, name="", repository=repository)
