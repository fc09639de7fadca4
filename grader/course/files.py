"""Files of the course folder, read so that no path leaves it: not by `..`, not absolutely, not through a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.errors import CourseError, GraderError, Place, Problems
from grader.language import say

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE: Final = 4 * 2**20
MAX_FILES: Final = 500


def below(root: Path, inner: str, place: Place, problems: list[GraderError]) -> Path:
    """`root / inner`; a problem is noted when links lead out of the course. The file need not exist."""
    path = root / inner
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name this machine cannot express
        inside = False
    if not inside:
        message = say("`{path}` is a link that leads out of the course.", path=inner)
        problems.append(CourseError(message, place=place, remedy=say("Put the file itself into the course folder.")))
    return path


def read_bytes(root: Path, inner: str) -> bytes:
    """The bytes of a course file. Raises Problems when it is missing, leads out, or is larger than 4 MB."""
    place, problems = Place(inner), list[GraderError]()
    path = below(root, inner, place, problems)
    if problems:
        raise Problems(problems)
    try:
        if path.stat().st_size > MAX_FILE:
            raise Problems(
                [
                    CourseError(
                        say("The file is larger than {n} kB.", n=MAX_FILE // 1024),
                        place=place,
                        remedy=say("Keep large files elsewhere."),
                    )
                ]
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise Problems(
            [CourseError(say("This file does not exist."), place=place, remedy=say("Write it, or mend the name."))]
        ) from None
    except OSError as error:
        reason = say("This file cannot be read: {reason}.", reason=error.strerror or type(error).__name__)
        raise Problems([CourseError(reason, place=place, remedy=say("Check its permissions."))]) from None
