"""The same mistake made by several students: one explanation serves them all.

Two failures are the same when assignment, check and verdict are, and so is what is left of the evidence without what differs
from run to run: the exception's type and the student's innermost line, else the shape of the assertion, else the locks of the
cycle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.judge.verdicts import MEANINGS, Actor, Verdict
from grader.reports.evidence import shown
from grader.reports.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from grader.judge.records import CheckRecord
    from grader.store.grade import Grade

_LITERAL = re.compile(r"""[rbuRBU]{0,2}('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")""")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?\b")
_SEQUENCE = re.compile(r"(?P<item>#|\$)(?:, (?:#|\$))+")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Students who made the same mistake; `sign` is what they have in common, as one line. Sorted by student id."""

    assignment: str
    check: str
    verdict: Verdict
    sign: str
    lost: Decimal
    grades: tuple[Grade, ...]
    example: CheckRecord


def clusters(grades: Iterable[Grade], *, least: int = 2) -> tuple[Cluster, ...]:
    """Mistakes that at least `least` students made, the most frequent first."""
    found: dict[tuple[str, str, Verdict, str], list[tuple[Grade, CheckRecord]]] = defaultdict(list)
    for grade in grades:
        for record in grade.checks if grade.status == "graded" else ():
            if (
                MEANINGS[record.verdict].actor is Actor.STUDENT
                and record.verdict is not Verdict.NOT_RUN
                and record.points < record.max
            ):
                found[grade.assignment, record.test, record.verdict, sign(record)].append((grade, record))
    groups = []
    for (assignment, check, verdict, mark), members in found.items():
        if len(members) >= least:
            members.sort(key=lambda member: member[0].student.id)
            lost = sum((record.max - record.points for _, record in members), start=members[0][1].max * 0)
            groups.append(Cluster(assignment, check, verdict, mark, lost, tuple(g for g, _ in members), members[0][1]))
    return tuple(sorted(groups, key=lambda c: (-len(c.grades), -c.lost, c.assignment, c.check, c.verdict, c.sign)))


def sign(record: CheckRecord) -> str:
    """What the evidence says, without values; the same for the same mistake."""
    evidence = record.evidence
    exception = evidence.get("exception")
    if exception:
        name = shown(exception.get("name", "")) if isinstance(exception, Mapping) else shown(exception)
        return one_line(" · ".join(filter(None, [name.split(":")[0].strip(), _innermost(evidence.get("traceback"))])))[
            :200
        ]
    if evidence.get("cycle"):
        links = (
            [link for link in evidence["cycle"] if isinstance(link, Mapping)]
            if isinstance(evidence["cycle"], list)
            else []
        )
        return one_line(" ↔ ".join(sorted({shown(link.get("waits_for", "?")) for link in links})))[:200]
    if assertion := evidence.get("assertion"):
        return one_line(shape(shown(assertion)))[:200]
    return _innermost(evidence.get("traceback"))[:200]


def shape(assertion: str) -> str:
    """The first line of an assertion with every literal as `$` (text) or `#` (number), and runs of them as one."""
    first = next((line.strip() for line in assertion.splitlines() if line.strip()), "").removeprefix("AssertionError: ")
    bare = _NUMBER.sub("#", _LITERAL.sub("$", first))
    return _SEQUENCE.sub(r"\g<item>…", bare)


def _innermost(trace: object) -> str:
    if isinstance(trace, list) and trace and isinstance(trace[-1], Mapping):
        return one_line(" ".join(shown(trace[-1].get("text") or "").split()))
    return ""
