"""Who has handed in nothing: one line a group, to paste into the group's chat."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from grader.language import say
from grader.reports.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.language import Language
    from grader.store.grade import Grade


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts group 2 before group 10, and no group last."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts) or ((2, 0, ""),)


def group_name(group: str, language: Language) -> str:
    """A group as people call it: "Group 3", "第 3 组"; one that has a name of its own keeps it."""
    if not group:
        return say("No group").render(language)
    name = one_line(group)
    return say("Group {group}", group=name).render(language) if re.fullmatch(r"[0-9A-Za-z]{1,3}", name) else name


def missing_lines(grades: Iterable[Grade], titles: Mapping[str, str], language: Language = "zh") -> tuple[str, ...]:
    """A line for each group, in order; `titles`: assignment name -> title, in the order to name them.

    Only what a student did not hand in; work that we could not fetch or grade is not here.
    """
    groups: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(dict)
    for grade in grades:
        who = (grade.student.id, grade.student.name)
        names = groups[grade.student.group].setdefault(who, [])
        if grade.status == "missing" and grade.assignment in titles:
            names.append(grade.assignment)
    lines = []
    for group in sorted(groups, key=natural):
        students = groups[group]
        short = {
            who: tuple(name for name in titles if name in names) for who, names in sorted(students.items()) if names
        }
        name = group_name(group, language)
        if not short:
            lines.append(say("{group}: everything handed in", group=name).render(language))
            continue
        comma = "、" if language == "zh" else ", "
        all_same = len(set(short.values())) == 1
        what = _what(next(iter(short.values())), titles, language) if all_same else ""
        people = comma.join(
            _person(who, "" if all_same else _what(names, titles, language)) for who, names in short.items()
        )
        if what:
            lines.append(
                say(
                    "{group}, not handed in: {what} ({n}): {people}", group=name, what=what, n=len(short), people=people
                ).render(language)
            )
        else:
            lines.append(
                say("{group}, not handed in ({n}): {people}", group=name, n=len(short), people=people).render(language)
            )
    return tuple(lines)


def _what(names: Sequence[str], titles: Mapping[str, str], language: Language) -> str:
    """The exercises by title; where it is every one of many, that is said instead."""
    if len(names) > 2 and len(names) == len(titles):
        return say("all {n} exercises", n=len(names)).render(language)
    return ("、" if language == "zh" else ", ").join(one_line(titles[name]) for name in names)


def _person(who: tuple[str, str], what: str) -> str:
    text = " ".join(filter(None, [one_line(who[1]), one_line(who[0])]))
    return f"{text} ({what})" if what else text
