"""Who is in the class: rosters as people export them, columns found by header, nothing guessed in silence.

Known: our own (`id,name,group,repository[,branch,folder]`, Chinese headers too, as spreadsheets like WPS write them), GitHub
Classroom (roster and grades), Classroom 50, Canvas' gradebook. Decoded as strict UTF-8, or by a byte order mark, or else in
the encoding the course declares, with a notice and a preview. Good rows load, bad rows are listed with their line.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

from grader.course.columns import FIELDS, Kind
from grader.course.sheet import clean, decoded, safe, table
from grader.errors import Place, RosterError
from grader.language import Message, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course.columns import Layout

MAX_CELL: Final = 500
MAX_ID: Final = 100
BLANK: Final = frozenset({"", "null", "none", "n/a", "-", "--", "—", "无"})
_BIDI_CONTROLS: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True, slots=True)
class Student:
    """`id` is opaque text and the key of everything; `name` is for display only; a `group` of "" is "no group"."""

    id: str
    name: str
    group: str = ""
    repository: str | None = None
    branch: str | None = None
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """What a file says. `problems` are rows left out; `notices` what a person should confirm; `preview` the rows as read."""

    students: tuple[Student, ...]
    problems: tuple[RosterError, ...]
    notices: tuple[Message, ...]
    preview: tuple[tuple[str, ...], ...]
    delimiter: str
    encoding: str
    kind: Kind


def read_roster(data: bytes, encoding: str, *, file: str = "roster.csv") -> Roster:
    """The students of a roster file. `encoding` is what the course declares for files that are not UTF-8.

    Raises RosterError when the file as a whole cannot be read: undecodable, no header, a column missing.
    """
    text, used, notices = decoded(data, encoding, file)
    delimiter, layout, rows = table(text, file)
    if layout.line > 1:
        notices.append(say("{n} lines above the header were skipped.", n=layout.line - 1))
    if layout.key != "id" or layout.kind == "canvas":
        notices.append(say("The column {column} serves as the id.", column=layout.found_at(layout.key)))
    students, problems = list[Student](), list[RosterError]()
    seen: dict[str, int] = {}
    for line, cells in rows:
        place = Place(file, line)
        try:
            student = _student(layout, cells, place, notices)
        except RosterError as error:
            problems.append(error)
            continue
        if student is None:
            continue
        if student.id in seen:
            message = say(
                "The id `{id}` stands here a second time; the first is at line {line}.",
                id=student.id,
                line=seen[student.id],
            )
            problems.append(RosterError(message, place=place, remedy=say("Keep one row for each student.")))
            continue
        seen[student.id] = line
        students.append(student)
    notices += _shared(students)
    preview = tuple(tuple(getattr(s, each) or "" for each in FIELDS) for s in _telling(students))
    if used not in ("utf-8", "utf-16"):
        shown = "; ".join(f"{s.id} {s.name}" for s in _telling(students))
        notices.insert(0, say("The file is not UTF-8; it was read as {encoding}: {shown}", encoding=used, shown=shown))
    return Roster(tuple(students), tuple(problems), tuple(notices), preview, delimiter, used, layout.kind)


def _telling(students: Sequence[Student]) -> list[Student]:
    """The first five rows, those that a wrong encoding would spoil first."""
    return sorted(students, key=lambda s: (s.name + s.group).isascii())[:5]


def _student(layout: Layout, cells: list[str], place: Place, notices: list[Message]) -> Student | None:
    """One row, None for a row that is no student (Canvas' points row, a teacher)."""
    if any(cell.strip() for cell in cells[layout.width :]):
        message = say("This row has {n} cells, the header has {width}.", n=len(cells), width=layout.width)
        raise RosterError(message, place=place, remedy=say("Quote a cell that holds the delimiter."))
    if any("\n" in cell or "\r" in cell for cell in cells):
        message = say("A cell of this row holds a line break.")
        raise RosterError(message, place=place, remedy=say("A quote may not be closed here."))
    if any(len(cell) > MAX_CELL for cell in cells):
        raise RosterError(
            say("A cell of this row is longer than {n} characters.", n=MAX_CELL), place=place, remedy=say("Shorten it.")
        )
    row = layout.row([clean(cell) for cell in cells])
    if row is None:
        return None
    values = {key: value for key, value in row.items() if key in FIELDS}
    for key, value in values.items():
        values[key] = unicodedata.normalize("NFC", value.translate(_BIDI_CONTROLS).strip())
        if values[key] != value:
            notices.append(
                say("{place}: invisible direction marks were removed from {column}.", place=str(place), column=key)
            )
        if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp") for c in values[key]):
            message = say("The cell {column} holds a character that cannot be printed.", column=key)
            raise RosterError(message, place=place, remedy=say("Enter it again by hand."))
    ident = values.get("id", "")
    if ident.casefold() in BLANK:
        raise RosterError(say("This row has no id."), place=place, remedy=say("Give it one, or remove the row."))
    if re.fullmatch(r"\d([.,]\d+)?E\+\d+", ident):
        message = say("The id `{id}` was turned into a rounded number by a spreadsheet.", id=ident)
        raise RosterError(message, place=place, remedy=say("Format the column as text, and enter the id again."))
    if len(ident) > MAX_ID:
        raise RosterError(
            say("The id is longer than {n} characters.", n=MAX_ID), place=place, remedy=say("Shorten it.")
        )
    name = values.get("name", "")
    if not name:
        notices.append(say("{place}: the name is empty, the id stands in for it.", place=str(place)))
        name = ident
    group = values.get("group", "")
    return Student(
        id=ident,
        name=name,
        group="" if group.casefold() in BLANK else group,
        repository=_optional(values.get("repository")),
        branch=_optional(values.get("branch")),
        folder=_folder(_optional(values.get("folder")), place),
    )


def _optional(value: str | None) -> str | None:
    return None if value is None or value.casefold() in BLANK else value


def _folder(value: str | None, place: Place) -> str | None:
    if value is None:
        return None
    path = value.replace("\\", "/").strip("/")
    if not path or ".." in path.split("/") or re.match(r"[A-Za-z]:", path):
        message = say("`{text}` leaves the folder it should be in.", text=value)
        raise RosterError(message, place=place, remedy=say("Write a path inside the repository."))
    return path


def _shared(students: Sequence[Student]) -> list[Message]:
    """What is allowed but worth a look: one repository for several, none at all, ids that differ in case only."""
    notices, by_repository, by_case = list[Message](), dict[str, list[str]](), dict[str, list[str]]()
    for student in students:
        if student.repository:
            by_repository.setdefault(student.repository, []).append(student.id)
        by_case.setdefault(unicodedata.normalize("NFKC", student.id).casefold(), []).append(student.id)
    for repository, ids in sorted(by_repository.items()):
        if len(ids) > 1:
            notices.append(
                say(
                    "{ids} share the repository {repository}; each is graded.",
                    ids=", ".join(ids),
                    repository=repository,
                )
            )
    notices += [
        say("The ids {ids} look alike.", ids=", ".join(ids)) for _, ids in sorted(by_case.items()) if len(ids) > 1
    ]
    without = [student.id for student in students if student.repository is None]
    if without:
        shown = ", ".join(without[:10]) + (" ..." if len(without) > 10 else "")
        notices.append(say("{n} students have no repository yet: {shown}", n=len(without), shown=shown))
    return notices


def write_roster(students: Sequence[Student]) -> bytes:
    """A roster file that reads back as exactly these students: UTF-8 with a mark, and harmless in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for student in students:
        writer.writerow([safe(getattr(student, each.name) or "", each.name == "id") for each in fields(student)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new roster would change: by id, in the new roster's order (`removed` in the old one's)."""

    added: tuple[Student, ...]
    removed: tuple[Student, ...]
    changed: tuple[tuple[Student, Student], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compare(old: Sequence[Student], new: Sequence[Student]) -> Changes:
    """Old against new, by id; names are compared in normal form."""
    before, after = {s.id: _normal(s) for s in old}, {s.id: _normal(s) for s in new}
    return Changes(
        added=tuple(s for s in after.values() if s.id not in before),
        removed=tuple(s for s in before.values() if s.id not in after),
        changed=tuple((before[s.id], s) for s in after.values() if s.id in before and before[s.id] != s),
    )


def _normal(student: Student) -> Student:
    return replace(student, name=unicodedata.normalize("NFC", student.name))
