"""`checks:` of an exercise: what earns points, in the order written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from grader.course.quiz import Quiz
from grader.course.spec import Fault, Spec
from grader.course.text import Text  # noqa: TC001 - pydantic reads the annotations
from grader.course.tree import Items, Map, Scalar
from grader.course.values import Counting, InstructorText, Points, Words, counting, one_of, words
from grader.language import say

Visibility = Literal["visible", "hidden", "after_due"]


@dataclass(frozen=True, slots=True)
class TestFunction:
    """The function of test_reference.py that has the check's name."""

    __test__ = False
    type: Literal["test"] = "test"


@dataclass(frozen=True, slots=True)
class RunCheck:
    """The file run as a script: its exit code, and lines that must appear in this order among others."""

    args: tuple[str, ...] = ()
    stdin: str = ""
    exit: int | None = 0
    lines: tuple[str, ...] = ()
    type: Literal["run"] = "run"


@dataclass(frozen=True, slots=True)
class Manual:
    """A teaching assistant answers `ask` and gives the points."""

    ask: Text
    type: Literal["manual"] = "manual"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the score. A negative number of points is a penalty: lost unless the check passes."""

    name: str
    points: Decimal
    title: Text | None = None
    hint: Text | None = None
    needs: tuple[str, ...] = ()
    visibility: Visibility = "visible"
    kind: Annotated[TestFunction | RunCheck | Manual | Quiz, Field(discriminator="type")] = TestFunction()


class RunSpec(Spec):
    args: tuple[Words, ...] = ()
    stdin: Words = ""
    exit: Annotated[
        int, PlainValidator(counting), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 255})
    ] = 0
    lines: tuple[Words, ...] = ()

    @model_validator(mode="after")
    def _plausible(self) -> RunSpec:
        if self.exit > 255:
            raise Fault(say("An exit code is at most 255."), say("Write a number from 0 to 255."), at=("exit",))
        for n, line in enumerate(self.lines):
            if "\n" in line:
                raise Fault(say("A line cannot hold a line break."), say("Write one entry a line."), at=("lines", n))
        return self


class ManualSpec(Spec):
    ask: InstructorText


def _fill(value: object) -> tuple[tuple[str, ...], ...]:
    """`[a, b]`: spellings of one blank; `[[a, b], [c]]`: several blanks in any order."""
    if not isinstance(value, list) or not value:
        raise Fault(say("A list of accepted answers is expected here."), say("Write `[GIL, 全局解释器锁]`."))
    nested = isinstance(value[0], list)
    blanks = []
    for n, each in enumerate(value):
        if isinstance(each, list) is not nested:
            message = say("Spellings and lists of spellings are mixed.")
            raise Fault(message, say("Write one list for one blank, or a list of lists for several."), at=(n,))
        if nested and not each:
            raise Fault(
                say("A list of accepted answers is expected here."), say("Write `[GIL, 全局解释器锁]`."), at=(n,)
            )
        blanks.append(
            tuple(_filled(text, (n, k) if nested else (n,)) for k, text in enumerate(each if nested else [each]))
        )
    return tuple(blanks) if nested else (tuple(text for (text,) in blanks),)


def _filled(value: object, at: tuple[int, ...]) -> str:
    try:
        text = words(value)
    except Fault as fault:
        raise Fault(fault.message, fault.remedy, at=at) from None
    if not text.strip():
        raise Fault(say("An empty answer cannot be accepted."), say("Remove it."), at=at)
    return text


class QuizSpec(Spec):
    ask: InstructorText
    choose: list[InstructorText] | None = None
    answer: Counting | None = None
    fill: (
        Annotated[
            tuple[tuple[str, ...], ...],
            PlainValidator(_fill),
            WithJsonSchema(
                {
                    "anyOf": [
                        {"type": "array", "minItems": 1, "items": {"type": "string"}},
                        {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                        },
                    ]
                }
            ),
        ]
        | None
    ) = None
    order: list[Words] | None = None
    short: ShortSpec | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> QuizSpec:
        kinds = [key for key in ("choose", "fill", "order", "short") if getattr(self, key) is not None]
        if len(kinds) != 1:
            message = say("A question has exactly one of choose, fill, order, short.")
            raise Fault(message, say("Write one of them."), at=(kinds[1],) if len(kinds) > 1 else ())
        for key in ("choose", "order"):
            if (entries := getattr(self, key)) is not None and len(entries) < 2:
                raise Fault(
                    say("`{key}` needs two entries at least.", key=key),
                    say("Write `[a, b]`, or one `- a` a line."),
                    at=(key,),
                )
        if (self.choose is None) is not (self.answer is None):
            raise Fault(say("`choose` and `answer` go together."), say("`answer: 2` is the second choice."))
        if self.choose is not None and self.answer is not None and not 1 <= self.answer <= len(self.choose):
            message = say("`answer` counts the choices from 1 to {n}.", n=len(self.choose))
            raise Fault(message, say("`answer: 2` is the second choice."), at=("answer",))
        if self.order is not None and len(set(self.order)) != len(self.order):
            raise Fault(say("The same entry stands twice in `order`."), say("Remove one of them."), at=("order",))
        return self

    def value(self) -> Quiz:
        return Quiz(
            ask=self.ask,
            choose=tuple(self.choose or ()),
            answer=self.answer,
            fill=self.fill or (),
            order=tuple(self.order or ()),
            terms=None if self.short is None else tuple(self.short.terms),
        )


class ShortSpec(Spec):
    terms: tuple[Words, ...] = ()


class CheckSpec(Spec):
    """One check, or its points alone."""

    points: Points
    title: InstructorText | None = None
    hint: InstructorText | None = None
    needs: tuple[Words, ...] = ()
    visibility: Annotated[
        Visibility,
        one_of("visible", "hidden", "after_due"),
        WithJsonSchema({"enum": ["visible", "hidden", "after_due"]}),
    ] = "visible"
    run: RunSpec | None = None
    manual: ManualSpec | None = None
    quiz: QuizSpec | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> CheckSpec:
        kinds = [key for key in ("run", "manual", "quiz") if getattr(self, key) is not None]
        if len(kinds) > 1:
            raise Fault(
                say("A check has at most one of run, manual, quiz."),
                say("Make them checks of their own."),
                at=(kinds[1],),
            )
        return self

    def value(self, name: str) -> Check:
        kind: TestFunction | RunCheck | Manual | Quiz = TestFunction()
        if self.run is not None:
            run = self.run
            kind = RunCheck(args=tuple(run.args), stdin=run.stdin, exit=run.exit, lines=tuple(run.lines))
        elif self.manual is not None:
            kind = Manual(self.manual.ask)
        elif self.quiz is not None:
            kind = self.quiz.value()
        return Check(name, self.points, self.title, self.hint, tuple(self.needs), self.visibility, kind)


def _spread(value: object) -> object:
    """`2` means `{points: 2}`."""
    if not isinstance(value, Scalar):
        if isinstance(value, Items):
            raise Fault(
                say("Points, or a map with points, are expected here."), say("Write `2` or `{{points: 2, hint: ...}}`.")
            )
        return value
    whole = Map()
    whole.place, whole.keys_at = value.place, {"points": value.place}
    whole["points"] = value
    return whole


CheckEntry = Annotated[CheckSpec, BeforeValidator(_spread, json_schema_input_type=Points | CheckSpec)]
QuizSpec.model_rebuild()
CheckSpec.model_rebuild()
