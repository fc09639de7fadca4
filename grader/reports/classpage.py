"""The class at a glance, for those who teach it: who is missing, how it went, what went wrong in the same way."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from grader.language import say
from grader.reports import words
from grader.reports.advice import late_text
from grader.reports.checks import title_of
from grader.reports.classview import (
    AssignmentView,
    Bin,
    CellView,
    ClassView,
    GroupView,
    HardCheck,
    Mistake,
    Person,
    StudentRow,
    Twin,
)
from grader.reports.clusters import clusters
from grader.reports.days import STATUS
from grader.reports.links import days_path, report_path
from grader.reports.missing import group_name, missing_lines, natural
from grader.reports.numbers import clock, day, percent, points
from grader.reports.score import label_of, state_of
from grader.reports.similar import identical
from grader.reports.student import student_id
from grader.reports.text import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.course.assignment import Assignment
    from grader.course.course import Course
    from grader.language import Language
    from grader.reports.clusters import Cluster
    from grader.reports.student import Reader
    from grader.reports.words import State
    from grader.store.grade import Grade

BINS = 10


@dataclass(frozen=True, slots=True)
class Files:
    """What similarity compares. `snapshots`: digest -> files; `handed_out`: assignment name -> starter and the like."""

    snapshots: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    handed_out: Mapping[str, Sequence[bytes]] = field(default_factory=dict)


def class_view(
    grades: Iterable[Grade],
    assignments: Sequence[Assignment],
    course: Course,
    reader: Reader,
    files: Files | None = None,
) -> ClassView:
    """Every grade of the class for `assignments`, in their order. Names are shown: this page is for staff."""
    language = reader.language
    chosen = [g for g in grades if g.assignment in {a.name for a in assignments}]
    by_assignment: dict[str, list[Grade]] = defaultdict(list)
    for grade in sorted(chosen, key=lambda g: g.student.id):
        by_assignment[grade.assignment].append(grade)
    status = Counter(grade.status for grade in chosen)
    return ClassView(
        language=language,
        course=visible(course.title.render(language)),
        as_of=clock(reader.now, course.timezone),
        students=len({g.student.id for g in chosen}),
        graded=status["graded"],
        missing=status["missing"],
        open=sum(g.status == "pending" or (g.status == "graded" and not g.is_final) for g in chosen),
        infra=status["infra"],
        groups=_groups(chosen, assignments, language),
        assignments=tuple(
            _assignment(a, by_assignment[a.name], course, language, files or Files()) for a in assignments
        ),
    )


def _person(grade: Grade, *, to_report: bool = True) -> Person:
    student = grade.student
    href = report_path(student.id, grade.assignment) if to_report else days_path(student.id)
    return Person(one_line(student.name) or one_line(student.repository or ""), student_id(grade), href)


def _groups(grades: Sequence[Grade], assignments: Sequence[Assignment], language: Language) -> tuple[GroupView, ...]:
    titles = {a.name: visible(a.title.render(language)) for a in assignments}
    groups: dict[str, dict[str, dict[str, Grade]]] = defaultdict(lambda: defaultdict(dict))
    for grade in grades:
        groups[grade.student.group][grade.student.id][grade.assignment] = grade
    views = []
    for group in sorted(groups, key=natural):
        members = groups[group]
        in_group = [grade for rows in members.values() for grade in rows.values()]
        rows = sorted(
            members.items(), key=lambda item: (not any(g.status == "missing" for g in item[1].values()), item[0])
        )
        views.append(
            GroupView(
                name=group_name(group, language),
                missing=missing_lines(in_group, titles, language)[0],
                rows=tuple(_row(by_name, assignments, language) for _, by_name in rows),
            )
        )
    return tuple(views)


def _row(grades: Mapping[str, Grade], assignments: Sequence[Assignment], language: Language) -> StudentRow:
    scores = [g.score for g in grades.values() if g.status == "graded"]
    return StudentRow(
        person=_person(next(iter(grades.values())), to_report=False),
        cells=tuple(_cell(grades.get(a.name), language) for a in assignments),
        total=points(sum(scores, Decimal(0))) if scores else "–",
    )


def _cell(grade: Grade | None, language: Language) -> CellView:
    if grade is None:
        return CellView("", "", "open", "", "", "")
    href = report_path(grade.student.id, grade.assignment)
    status = STATUS[grade.status].render(language)
    if grade.status != "graded":
        state: State = "failed" if grade.status == "missing" else "open"
        return CellView("–", words.SIGNS[state], state, status, "", href)
    states = {state_of(check) for check in grade.checks}
    state = next((s for s in ("failed", "partly", "open") if s in states), "passed")
    late = late_text(grade) if grade.late.state not in {"on_time", "extended"} else None
    return CellView(points(grade.score), words.SIGNS[state], state, "", late.render(language) if late else "", href)


def _assignment(
    assignment: Assignment, grades: Sequence[Grade], course: Course, language: Language, files: Files
) -> AssignmentView:
    graded = [g for g in grades if g.status == "graded"]
    scores = sorted(g.score for g in graded)
    bins = _bins(scores, assignment.max_points)
    similarity = identical(
        {g.student.id: files.snapshots[g.snapshot] for g in graded if g.snapshot in files.snapshots},
        files.handed_out.get(assignment.name, ()),
        course.encoding,
    )
    by_id = {g.student.id: g for g in grades}
    return AssignmentView(
        name=assignment.name,
        title=visible(assignment.title.render(language)),
        due=day(assignment.due, course.timezone) if assignment.due else "",
        handed_in=len(grades) - sum(g.status == "missing" for g in grades),
        missing=sum(g.status == "missing" for g in grades),
        open=sum(not g.is_final for g in graded),
        middle=points(_median(scores)) if scores else "–",
        out_of=points(assignment.max_points),
        bins=bins,
        bins_text=", ".join(say("{label}: {n}", label=b.label, n=b.count).render(language) for b in bins if b.count),
        hard=_hard(assignment, graded, language),
        mistakes=_mistakes(clusters(graded), assignment, language),
        twins=tuple(
            Twin(
                people=tuple(_person(by_id[s]) for s in dict.fromkeys(student for student, _ in same.members)),
                files=", ".join(sorted({name for _, name in same.members})),
                lines=same.lines,
            )
            for same in similarity.same
        ),
        left_out=tuple(
            f"{one_line(item.student)} {item.file}: {item.why.render(language)}" for item in similarity.left_out
        ),
    )


def _median(scores: Sequence[Decimal]) -> Decimal:
    middle = len(scores) // 2
    return scores[middle] if len(scores) % 2 else (scores[middle - 1] + scores[middle]) / 2


def _bins(scores: Sequence[Decimal], maximum: Decimal) -> tuple[Bin, ...]:
    """Tenths of the maximum; full marks are in the last one."""
    counts = [0] * BINS
    for score in scores:
        counts[min(BINS - 1, int(score * BINS / maximum)) if maximum > 0 else 0] += 1
    top = max(counts, default=0) or 1
    step = maximum / BINS
    return tuple(
        Bin(f"{points(step * n)}–{points(step * (n + 1))}", count, round(count * 100 / top))
        for n, count in enumerate(counts)
    )


def _hard(assignment: Assignment, graded: Sequence[Grade], language: Language) -> tuple[HardCheck, ...]:
    """Checks from the hardest on. What is not decided, or waits for another check, counts for nobody."""
    found = []
    for check in assignment.checks:
        records = [r for g in graded for r in g.checks if r.test == check.name and not words.is_open(r.verdict)]
        if not records:
            continue
        passed = sum(state_of(r) == "passed" for r in records)
        others = [r for r in records if state_of(r) != "passed"]
        usual = Counter(label_of(r).render(language) for r in others).most_common()
        top = min(usual, key=lambda item: (-item[1], item[0]))[0] if usual else ""
        view = HardCheck(
            title=title_of(check.name, assignment, language),
            passed=passed,
            judged=len(records),
            share=percent(Decimal(passed) / len(records)),
            usual=top,
            is_hidden=check.visibility != "visible",
        )
        found.append((Decimal(passed) / len(records), check.name, view))
    return tuple(view for _, _, view in sorted(found, key=lambda item: item[:2]))


def _mistakes(found: Sequence[Cluster], assignment: Assignment, language: Language) -> tuple[Mistake, ...]:
    """Clusters, those of the same students with the same verdict as one: a mistake often shows in several checks."""
    merged: dict[tuple[object, ...], list[Cluster]] = {}
    for cluster in found:
        merged.setdefault((cluster.verdict, *(g.student.id for g in cluster.grades)), []).append(cluster)
    return tuple(_mistake(some, assignment, language) for some in merged.values())


def _mistake(found: Sequence[Cluster], assignment: Assignment, language: Language) -> Mistake:
    first = found[0]
    titles = [title_of(cluster.check, assignment, language) for cluster in found]
    steps = []
    for cluster in found:
        check = assignment.check(cluster.check)
        step = check.hint.render(language) if check and check.hint else words.NEXT[cluster.verdict].render(language)
        if step not in steps:
            steps.append(one_line(step))
    label = words.LABELS[first.verdict].render(language)
    message = one_line(first.example.message.get(language, ""))
    text = say(
        "{title} ({label}): {message} {step}",
        title=" / ".join(titles),
        label=label,
        message=message,
        step=" ".join(steps),
    )
    return Mistake(
        label=label,
        checks=tuple(zip(titles, (cluster.sign for cluster in found), strict=True)),
        lost=points(sum((cluster.lost for cluster in found), Decimal(0))),
        people=tuple(_person(g) for g in first.grades),
        comment=text.render(language),
    )
