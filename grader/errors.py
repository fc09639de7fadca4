"""The one error tree: what happened, where (file:line:column), what to do. Command line and pages print the same three parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.language import Language, Message


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file somebody wrote; `line` and `column` count from 1, 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])


class GraderError(Exception):
    """Something a person can act on. `exit_status` is what the command line ends with (2 wrong use, 3 infrastructure)."""

    exit_status: ClassVar[int] = 2

    def __init__(self, message: Message, *, place: Place | None = None, remedy: Message | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.remedy = remedy

    def render(self, language: Language) -> str:
        """`file:line:column: what happened` and, indented below, what to do."""
        first = self.message.render(language)
        if self.place:
            first = f"{self.place}: {first}"
        return f"{first}\n  {self.remedy.render(language)}" if self.remedy else first

    def __str__(self) -> str:
        return self.render("en")


class UsageError(GraderError):
    """The command was asked for something that does not exist or does not go together."""


class CourseError(GraderError):
    """A course, assignment, reference or mistakes file is wrong."""


class RosterError(GraderError):
    """A roster cannot be read as declared."""


class Problems(GraderError):  # noqa: N818 - several errors, not one
    """Several errors of one kind at once, in file order: a person mends them all before running again."""

    def __init__(self, problems: Sequence[GraderError]) -> None:
        super().__init__(problems[0].message, place=problems[0].place, remedy=problems[0].remedy)
        self.problems = tuple(problems)

    def render(self, language: Language) -> str:
        return "\n".join(problem.render(language) for problem in self.problems)


class IntakeError(GraderError):
    """A repository gives nothing to grade, and the student can mend it: the verdict is `missing`, never an end of a batch."""


class NotWrittenError(IntakeError):
    """Nothing that looks like the work is in the repository yet: the least surprising kind of nothing."""


class InfrastructureError(GraderError):
    """Not the student's fault: network, sandbox or daemon. Retried, never a zero."""

    exit_status = 3


class SandboxError(InfrastructureError):
    """No sandbox can be had here, or one failed to start."""


class StoreError(GraderError):
    """The store refuses: unknown id, wrong state."""


class ConflictError(StoreError):
    """Somebody else changed the same thing first; both values are in the message."""
