"""Headers of the rosters people have, and how a row of each becomes our columns.

Headers as seen in public exports and their documentation, 2026: GitHub Classroom's roster `identifier,github_username,
github_id,name[,group_name]` and grades `...,github_username,roster_identifier,student_repository_name,student_repository_url,...`;
Classroom 50's `username,first_name,last_name,email,section,github_id[,role,...]`; Canvas' gradebook `Student,ID,SIS User ID,
SIS Login ID,Section,...` with a second row "    Points Possible" and a test student.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Kind = Literal["own", "github_classroom", "github_grades", "classroom50", "canvas"]
FIELDS: Final = ("id", "name", "group", "repository", "branch", "folder")
REQUIRED: Final = ("id", "name", "group", "repository")

# our columns, by every header that may stand for them; a Chinese spreadsheet has these
_OWN: Final[Mapping[str, str]] = {
    header: field
    for field, headers in {
        "id": ("id", "学号", "学生学号", "编号", "工号"),
        "name": ("name", "姓名", "学生姓名", "名字"),
        "group": ("group", "小组", "组", "组别", "组号", "分组", "班级"),
        "repository": (
            "repository", "repo", "url", "仓库", "仓库地址", "代码仓库", "码云", "码云地址", "gitee", "gitee地址", "git地址", "链接",
        ),
        "branch": ("branch", "分支"),
        "folder": ("folder", "文件夹", "目录"),
    }.items()
    for header in headers
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: Kind
    needs: frozenset[str]  # headers that tell this kind from the others
    columns: Mapping[str, str]  # header -> our column, or a name that `Layout.row` knows


_SHAPES: Final = (
    _Shape(
        "github_grades",
        frozenset({"roster_identifier", "student_repository_url"}),
        {
            "roster_identifier": "id",
            "github_username": "login",
            "student_repository_url": "repository",
            "group_name": "group",
        },
    ),
    _Shape(
        "github_classroom",
        frozenset({"identifier", "github_username"}),
        {"identifier": "id", "github_username": "login", "name": "name", "group_name": "group"},
    ),
    _Shape(
        "canvas",
        frozenset({"student", "id", "section"}),
        {"student": "name", "sis user id": "sis", "sis login id": "login", "id": "canvas", "section": "group"},
    ),
    _Shape(
        "classroom50",
        frozenset({"username", "first_name", "last_name"}),
        {"username": "id", "first_name": "first", "last_name": "last", "section": "group", "role": "role"},
    ),
)

_KEYS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "canvas": ("sis", "login", "canvas"),
    "github_classroom": ("id", "login"),
    "github_grades": ("id", "login"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of one file are. `line` is the header's; `missing` and `repeated` are named as our columns."""

    kind: Kind
    line: int
    width: int
    columns: Mapping[str, int]
    headers: tuple[str, ...]  # as they stand in the file
    missing: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    key: str = "id"  # the column that serves as the id

    def row(self, cells: Sequence[str]) -> dict[str, str] | None:
        """One row by our columns; None where it is nobody: Canvas' points and test student, staff of Classroom 50."""
        row = {key: cells[n] if n < len(cells) else "" for key, n in self.columns.items()}
        if self.kind == "canvas" and _is_nobody(row):
            return None
        if self.kind == "classroom50":
            if row.get("role", "").casefold() not in ("", "student"):
                return None
            row["name"] = _joined(row.get("first", ""), row.get("last", ""))
        row["id"] = row.get(self.key, "")
        if self.kind in ("github_classroom", "github_grades"):
            row["name"] = row.get("name") or row["id"]
        return row

    def found_at(self, key: str) -> str:
        """The header of one of our columns, as it stands in the file."""
        return self.headers[self.columns[key]]

    def settled(self, rows: Iterable[Sequence[str]]) -> Layout:
        """With `key` as the first column that may serve as the id and is filled in every row, if there is one."""
        found = [row for row in map(self.row, rows) if row is not None]
        options = [key for key in _KEYS.get(self.kind, ("id",)) if key in self.columns]
        full = [key for key in options if all(row[key] for row in found)]
        return replace(self, key=(full or options)[0])


def _is_nobody(row: Mapping[str, str]) -> bool:
    """Canvas' rows of points and posting policies, and its test student."""
    if row["name"] == "Points Possible" or not any(row.get(key) for key in ("name", "sis", "login", "canvas")):
        return True
    return row["name"] in ("Student, Test", "Test Student") and not row.get("sis")


def _joined(first: str, last: str) -> str:
    """A person's name: the family name first and no space where both are Chinese, as they are written."""
    if re.fullmatch(r"[\u3400-\u9fff·]+", first + last) and first and last:
        return last + first
    return f"{first} {last}".strip()


def _plain(header: str) -> str:
    text = unicodedata.normalize("NFKC", header).strip().strip("\ufeff*").strip().casefold()
    return " ".join(text.split())


def recognised(cells: Sequence[str], line: int) -> Layout | None:
    """The layout a header line describes, None when it is no header."""
    headers = [_plain(cell) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    shape = next((each for each in _SHAPES if each.needs <= set(headers)), None)
    known: Mapping[str, str] = {**_OWN, **shape.columns} if shape else _OWN
    columns: dict[str, int] = {}
    repeated = []
    for n, header in enumerate(headers):
        field = known.get(header)
        if field is None:
            continue
        if field in columns:
            repeated.append(f"{field} ({cells[n].strip()})")
        else:
            columns[field] = n
    if shape is None and not ({"id", "name"} & set(columns) and len(columns) >= 2):
        return None
    missing: tuple[str, ...] = () if shape else tuple(each for each in REQUIRED if each not in columns)
    shown = tuple(cell.strip() for cell in cells[: len(headers)])
    return Layout(shape.kind if shape else "own", line, len(headers), columns, shown, missing, tuple(repeated))
