"""`assignments/NAME.yaml`: one exercise."""

from __future__ import annotations

import ast
import graphlib
import sys
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from grader.containers.session import Limits
from grader.course.checks import Check, CheckEntry, RunCheck, TestFunction
from grader.course.course import FOLDER, Package
from grader.course.files import read_bytes
from grader.course.limits import LimitsSpec
from grader.course.names import cross_check
from grader.course.near import near
from grader.course.quiz import Quiz
from grader.course.signatures import Signature, signature
from grader.course.source import read
from grader.course.spec import Fault, Spec, in_order, validated
from grader.course.text import Text  # noqa: TC001 - pydantic reads the annotations
from grader.course.values import Counting, InnerPath, InstructorText, Moment, Words, inner_path, one_of
from grader.errors import CourseError, GraderError, Problems
from grader.language import say

if TYPE_CHECKING:
    from grader.course.course import Course
    from grader.course.tree import Map
    from grader.language import Message

ALL: Final = "all"  # in mistakes.yaml: every test and run
RESERVED: Final = frozenset(
    {"stage.py", "scenarios.py", "test_reference.py", "conftest.py", "sitecustomize.py", "usercustomize.py"}
)


@dataclass(frozen=True, slots=True)
class Submit:
    """What a student hands in: a file that provides names, or the answers to a quiz."""

    file: str | None = None
    provides: tuple[Signature, ...] = ()
    answers: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """An exercise, with the course's limits and packages already in it. `due` is aware, in the course's zone."""

    name: str
    title: Text
    statement: Text
    submit: Submit
    checks: tuple[Check, ...]
    day: int | None = None
    due: datetime | None = None
    prelude: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    packages: tuple[str, ...] = ()
    language_races: Literal["cost", "advice"] = "cost"
    timing: Literal["loose", "strict"] = "loose"

    @property
    def max_points(self) -> Decimal:
        """What full work earns; penalties take no part in it."""
        return sum((check.points for check in self.checks if check.points > 0), Decimal(0))

    def check(self, name: str) -> Check | None:
        return next((check for check in self.checks if check.name == name), None)


class _SubmitSpec(Spec):
    file: InnerPath | None = None
    provides: tuple[Annotated[Signature, PlainValidator(signature), WithJsonSchema({"type": "string"})], ...] = ()
    answers: InnerPath | None = None


class AssignmentSpec(Spec):
    """Keys of an exercise."""

    title: InstructorText
    statement: InstructorText
    submit: _SubmitSpec
    checks: dict[str, CheckEntry]
    day: Counting | None = None
    due: Moment | None = None
    prelude: Words = ""
    files: dict[str, Words] = Field(default_factory=dict)
    limits: LimitsSpec = LimitsSpec()
    packages: tuple[Package, ...] = ()
    language_races: Annotated[
        Literal["cost", "advice"], one_of("cost", "advice"), WithJsonSchema({"enum": ["cost", "advice"]})
    ] = "cost"
    timing: Annotated[
        Literal["loose", "strict"], one_of("loose", "strict"), WithJsonSchema({"enum": ["loose", "strict"]})
    ] = "loose"


_PAIRS = frozenset(AssignmentSpec.model_fields) | {
    "points",
    "hint",
    "needs",
    "visibility",
    "file",
    "provides",
    "answers",
}


def load_assignment(course: Course, name: str) -> Assignment:
    """The exercise `name`. Raises Problems with every fault of its file, and of what its reference folder says about names."""
    course.due(name)  # a name that does not exist is a wrong use, not a wrong file
    file = f"{FOLDER}/{name}.yaml"
    tree = read(read_bytes(course.root, file), file, pairs=_PAIRS)
    spec = validated(AssignmentSpec, tree, {"language": course.language, "zone": course.timezone})
    assignment = Assignment(
        name=name,
        title=spec.title,
        statement=spec.statement,
        submit=Submit(spec.submit.file, tuple(spec.submit.provides), spec.submit.answers),
        checks=tuple(check.value(str(key)) for key, check in spec.checks.items()),
        day=spec.day,
        due=spec.due or course.schedule.get(name),
        prelude=spec.prelude,
        files={str(key): str(value) for key, value in spec.files.items()},
        limits=spec.limits.over(course.limits),
        packages=tuple(sorted({*course.packages, *spec.packages})),
        language_races=spec.language_races,
        timing=spec.timing,
    )
    problems = [
        *_submit_problems(assignment, tree),
        *_check_problems(assignment, tree),
        *_file_problems(assignment, tree),
    ]
    problems += cross_check(course.root, assignment, tree)
    if problems:
        raise Problems(in_order(problems))
    return assignment


def _submit_problems(assignment: Assignment, tree: Map) -> list[GraderError]:
    submit, found = assignment.submit, list[GraderError]()

    def problem(path: tuple[str | int, ...], message: Message, remedy: Message) -> None:
        found.append(CourseError(message, place=tree.at(("submit", *path)), remedy=remedy))

    needs_file = [c.name for c in assignment.checks if isinstance(c.kind, TestFunction | RunCheck)]
    if submit.file is None and submit.answers is None:
        problem((), say("Nothing is handed in."), say("Say `file:` or `answers:`."))
    elif submit.file is None and needs_file:
        problem((), say("The check `{name}` needs a file.", name=needs_file[0]), say("Add `file: NAME.py`."))
    if submit.answers is None and any(isinstance(c.kind, Quiz) for c in assignment.checks):
        problem((), say("The questions have no file for their answers."), say("Add `answers: day32/quiz.yaml`."))
    if submit.file is not None:
        stem = submit.file.removesuffix(".py")
        if "/" in submit.file or stem == submit.file or not stem.isidentifier():
            problem(
                ("file",),
                say("`{file}` is no name of a Python file.", file=submit.file),
                say("Write it like `collect.py`."),
            )
        elif stem in sys.stdlib_module_names or submit.file in RESERVED:
            message = say("A file called `{file}` would hide a module that others import.", file=submit.file)
            problem(("file",), message, say("Take another name."))
    elif submit.provides:
        problem(("provides",), say("`provides` needs a file."), say("Add `file: NAME.py`."))
    if submit.answers is not None and not submit.answers.endswith((".yaml", ".yml")):
        problem(("answers",), say("Answers are a YAML file."), say("Write it like `day32/quiz.yaml`."))
    seen: set[tuple[str | None, str]] = set()
    for n, each in enumerate(submit.provides):
        if (each.owner, each.name) in seen:
            problem(("provides", n), say("`{name}` is provided twice.", name=each.text), say("Remove one of them."))
        seen.add((each.owner, each.name))
    return found


def _check_problems(assignment: Assignment, tree: Map) -> list[GraderError]:
    found: list[GraderError] = []
    names = [check.name for check in assignment.checks]
    if not any(check.points > 0 for check in assignment.checks):
        message = say("No check gives points.")
        found.append(CourseError(message, place=tree.at(("checks",)), remedy=say("Write `test_name: 2`.")))
    for check in assignment.checks:
        if not check.name.isidentifier() and isinstance(check.kind, TestFunction):
            message = say("`{name}` is no name of a test function.", name=check.name)
            remedy = say("Say `run:`, `manual:` or `quiz:`, or write the name of a function.")
            found.append(CourseError(message, place=tree.key_at(("checks", check.name)), remedy=remedy))
        if check.name == ALL:
            message = say("`{name}` stands for every check in mistakes.yaml.", name=ALL)
            found.append(CourseError(message, place=tree.key_at(("checks", ALL)), remedy=say("Take another name.")))
        for n, need in enumerate(check.needs):
            if need not in names:
                match = near(need, [name for name in names if name != check.name])
                remedy = (
                    say("Did you mean `{match}`?", match=match)
                    if match
                    else say("Known here: {keys}.", keys=", ".join(names))
                )
                message = say("`{name}` needs `{need}`, which is no check.", name=check.name, need=need)
                found.append(CourseError(message, place=tree.at(("checks", check.name, "needs", n)), remedy=remedy))
    if circle := _circle({check.name: check.needs for check in assignment.checks}):
        message = say("These checks need each other: {circle}.", circle=" -> ".join((*circle, circle[0])))
        place = tree.at(("checks", circle[0], "needs"))
        found.append(CourseError(message, place=place, remedy=say("Remove one `needs`.")))
    return found


def _circle(needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Checks of which each needs the next and the last the first, beginning with the one that stands first; [] for none."""
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        circle: list[str] = error.args[1][:0:-1]  # it lists what is needed before what needs it, the first name twice
        first = circle.index(min(circle, key=list(needs).index))
        return circle[first:] + circle[:first]
    return []


def _file_problems(assignment: Assignment, tree: Map) -> list[GraderError]:
    found: list[GraderError] = []
    for name in assignment.files:
        try:
            inner_path(name)
        except Fault as fault:
            found.append(CourseError(fault.message, place=tree.key_at(("files", name)), remedy=fault.remedy))
        if name == assignment.submit.file or name in RESERVED:
            message = say("`{file}` is the student's own file or one of the grader's.", file=name)
            found.append(CourseError(message, place=tree.key_at(("files", name)), remedy=say("Take another name.")))
    try:
        ast.parse(assignment.prelude)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = say("The prelude is no Python: {reason}.", reason=getattr(error, "msg", None) or str(error))
        found.append(
            CourseError(message, place=tree.at(("prelude",)), remedy=say("Write it like `from threading import *`."))
        )
    return found
