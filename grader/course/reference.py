"""`reference/NAME/`: solution, starter, scenarios, tests and mistakes of one exercise, as bytes."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.course.assignment import load_assignment
from grader.course.checks import TestFunction
from grader.course.files import MAX_FILES, read_bytes
from grader.course.names import REFERENCE
from grader.errors import CourseError, Place, Problems
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.course.course import Course


@dataclass(frozen=True, slots=True)
class Reference:
    """File names below reference/NAME/, with `/`, sorted, and their bytes."""

    files: Mapping[str, bytes]

    def text(self, name: str) -> str:
        """A Python file's text; UTF-8, as Python itself reads it by default."""
        return self.files[name].decode()


def load_reference(course: Course, name: str) -> Reference:
    """All files of reference/NAME/ but caches and hidden ones; an exercise without tests needs no such folder.

    Raises Problems when tests are asked for and the folder is missing, or links lead out.
    """
    course.due(name)
    folder = course.root / REFERENCE / name
    place = Place(f"{REFERENCE}/{name}")
    if not folder.is_dir():
        if not any(isinstance(check.kind, TestFunction) for check in load_assignment(course, name).checks):
            return Reference({})
        message = say("The exercise `{name}` has no reference folder.", name=name)
        raise Problems(
            [CourseError(message, place=place, remedy=say("Create it, with solution.py and test_reference.py."))]
        )
    names = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "__pycache__" and not f.startswith("."))
        inner = os.path.relpath(here, folder).replace(os.sep, "/")
        names += [
            file if inner == "." else f"{inner}/{file}"
            for file in files
            if not file.startswith(".") and not file.endswith(".pyc")
        ]
        if len(names) > MAX_FILES:
            raise Problems(
                [
                    CourseError(
                        say("There are more than {n} files here.", n=MAX_FILES),
                        place=place,
                        remedy=say("Keep only what tests need."),
                    )
                ]
            )
    found = {file: read_bytes(course.root, f"{REFERENCE}/{name}/{file}") for file in sorted(names)}
    found |= {file: data.removeprefix(BOM_UTF8) for file, data in found.items() if file.endswith(".py")}
    problems = [fault for file, data in found.items() if (fault := _not_utf8(f"{REFERENCE}/{name}/{file}", data))]
    if problems:
        raise Problems(problems)
    return Reference(found)


def _not_utf8(file: str, data: bytes) -> CourseError | None:
    """Python files must be UTF-8, which Python reads without being told; other files may be anything."""
    try:
        _ = data.decode() if file.endswith(".py") else ""
    except UnicodeDecodeError as error:
        place = Place(file, data[: error.start].count(b"\n") + 1)
        return CourseError(say("This is not UTF-8."), place=place, remedy=say("Save the file as UTF-8."))
    return None
