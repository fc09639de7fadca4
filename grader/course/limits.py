"""`limits:` of the course and of an exercise; what neither says is the sandbox's default."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import PlainValidator, WithJsonSchema

from grader.course.spec import Fault, Spec
from grader.course.values import Seconds, Size, size, whole
from grader.language import say

if TYPE_CHECKING:
    from grader.containers.session import Limits


def _few(value: object) -> int:
    count = whole(value)
    if not 1 <= count <= 4096:
        raise Fault(say("This must be between 1 and 4096."))
    return count


Few = Annotated[int, PlainValidator(_few), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 4096})]


def _output(value: object) -> int:
    count = size(value)
    if count > MOST_OUTPUT:
        raise Fault(say("Output can be taken up to 2MB."), say("Write `output: 2MB` or less."))
    return count


MOST_OUTPUT = 2 * 2**20  # bytes: with the report beside it, it must fit one message of the protocol
Output = Annotated[
    int, PlainValidator(_output), WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?\s*(B|kB|KB|MB|GB)$"})
]


class LimitsSpec(Spec):
    """Per run. `tasks` counts processes and threads together."""

    wall: Seconds | None = None
    cpu: Seconds | None = None
    memory: Size | None = None
    tasks: Few | None = None
    disk: Size | None = None
    file: Size | None = None
    open_files: Few | None = None
    output: Output | None = None

    def over(self, limits: Limits) -> Limits:
        """`limits` with what is said here in its place."""
        return replace(limits, **self.model_dump(exclude_none=True))
