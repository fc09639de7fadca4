"""`mistakes.yaml`: the classic wrong answers, each with the checks it must lose; and the files that must earn nothing."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import PlainValidator, WithJsonSchema, model_validator

from grader.course.assignment import ALL
from grader.course.checks import RunCheck, TestFunction
from grader.course.equivalents import read_equivalents, unmatched
from grader.course.names import REFERENCE
from grader.course.near import near
from grader.course.signatures import do_nothing as _do_nothing
from grader.course.source import read
from grader.course.spec import Fault, Spec, in_order, validated
from grader.course.tree import Map
from grader.course.values import InnerPath, words
from grader.errors import CourseError, GraderError, Problems
from grader.judge.verdicts import Verdict
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.course.assignment import Assignment, Submit
    from grader.course.equivalents import Equivalent
    from grader.course.reference import Reference
    from grader.course.tree import Tree

FILE: Final = "mistakes.yaml"
SOLUTION: Final = "solution.py"
EQUIVALENT: Final = "equivalent"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer: edits of a reference file (`of`), or a whole `file`; and per check the verdicts it may lose with.

    A check that is not in `loses` must pass.
    """

    name: str
    of: str = SOLUTION
    edits: tuple[tuple[str, str], ...] = ()
    file: str | None = None
    loses: Mapping[str, frozenset[Verdict]] = field(default_factory=dict)


def _edits(value: object) -> tuple[tuple[str, str], ...]:
    """`[old, new]`, or a list of such pairs."""
    wanted = say("Write `[old, new]`, or a list of such pairs.")
    if not isinstance(value, list) or not value:
        raise Fault(say("An edit is a pair of texts, the old one and the new one."), wanted)
    is_one = not isinstance(value[0], list)
    edits = []
    for n, pair in enumerate([value] if is_one else value):
        at = () if is_one else (n,)
        if not isinstance(pair, list) or len(pair) != 2:
            raise Fault(say("An edit is a pair of texts, the old one and the new one."), wanted, at=at)
        try:
            old, new = (words(text) for text in pair)
        except Fault as fault:
            raise Fault(fault.message, fault.remedy, at=at) from None
        if not old:
            raise Fault(say("The text to replace is empty."), wanted, at=at)
        if old == new:
            raise Fault(say("This edit changes nothing."), wanted, at=at)
        edits.append((old, new))
    return tuple(edits)


def _verdicts(value: object) -> frozenset[Verdict]:
    """`fail`, or `fail|timeout` for either."""
    found = set()
    for part in words(value).split("|"):
        try:
            found.add(Verdict(part.strip()))
        except ValueError:
            match = near(part.strip(), list(Verdict))
            remedy = (
                say("Did you mean `{match}`?", match=str(match))
                if match
                else say("Known here: {keys}.", keys=", ".join(Verdict))
            )
            raise Fault(say("`{text}` is no verdict.", text=part.strip()), remedy) from None
    return frozenset(found)


_TEXT_PAIR = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}


class MistakeSpec(Spec):
    """Keys of one mistake."""

    loses: dict[str, Annotated[frozenset[Verdict], PlainValidator(_verdicts), WithJsonSchema({"type": "string"})]]
    edit: Annotated[
        tuple[tuple[str, str], ...],
        PlainValidator(_edits),
        WithJsonSchema({"anyOf": [_TEXT_PAIR, {"type": "array", "items": _TEXT_PAIR, "minItems": 1}]}),
    ] = ()
    of: InnerPath | None = None
    file: InnerPath | None = None

    @model_validator(mode="after")
    def _one_source(self) -> MistakeSpec:
        if bool(self.edit) is (self.file is not None):
            raise Fault(say("A mistake is either an `edit` or a whole `file`."), say("Write one of the two."))
        if self.file is not None and self.of is not None:
            raise Fault(say("`of` names the file an edit applies to."), say("Remove it."), at=("of",))
        return self


def load_mistakes(assignment: Assignment, reference: Reference) -> tuple[Mistake, ...]:
    """The mistakes of an exercise, in file order; none without a mistakes.yaml. Raises Problems.

    `all` in `loses` stands for every test function and run; what is listed beside it goes first. Every edit is tried.
    """
    if FILE not in reference.files:
        return ()
    file = f"{REFERENCE}/{assignment.name}/{FILE}"
    tree = read(reference.files[FILE], file, pairs=frozenset({"edit", "loses"}))
    mistakes, problems = [], list[GraderError]()
    for name, entry in tree.items():
        try:
            if name == EQUIVALENT:
                if SOLUTION in reference.files:
                    problems += unmatched(read_equivalents(entry), _text(reference, SOLUTION))
                continue
            spec = validated(MistakeSpec, _entry(entry), {})
        except Problems as found:
            problems += found.problems
            continue
        mistake = Mistake(
            name=name,
            of=spec.of or SOLUTION,
            edits=spec.edit,
            file=spec.file,
            loses=_loses(assignment, spec, tree, name, problems),
        )
        mistakes.append(mistake)
        problems += _tried(mistake, reference, tree)
    if problems:
        raise Problems(in_order(problems))
    return tuple(mistakes)


def load_equivalents(assignment: Assignment, reference: Reference) -> tuple[Equivalent, ...]:
    """The mutants of the solution that nobody can see, as mistakes.yaml lists them. Raises Problems."""
    if FILE not in reference.files:
        return ()
    tree = read(reference.files[FILE], f"{REFERENCE}/{assignment.name}/{FILE}", pairs=frozenset({"edit", "loses"}))
    return read_equivalents(tree[EQUIVALENT]) if EQUIVALENT in tree else ()


def _entry(entry: Tree) -> Map:
    if isinstance(entry, Map):
        return entry
    remedy = say("Write `{{edit: [old, new], loses: {{test_name: fail}}}}`.")
    raise Problems([CourseError(say("A map of keys and values is expected here."), place=entry.place, remedy=remedy)])


def _loses(
    assignment: Assignment, spec: MistakeSpec, tree: Map, name: str, problems: list[GraderError]
) -> Mapping[str, frozenset[Verdict]]:
    names = [check.name for check in assignment.checks]
    for test in spec.loses:
        if test not in names and test != ALL:
            match = near(test, [*names, ALL])
            remedy = (
                say("Did you mean `{match}`?", match=match)
                if match
                else say("Known here: {keys}.", keys=", ".join([*names, ALL]))
            )
            message = say("`{name}` is no check of {file}.", name=test, file=f"assignments/{assignment.name}.yaml")
            problems.append(CourseError(message, place=tree.key_at((name, "loses", test)), remedy=remedy))
    found = {}
    for check in assignment.checks:
        if check.name in spec.loses:
            found[check.name] = spec.loses[check.name]
        elif ALL in spec.loses and isinstance(check.kind, TestFunction | RunCheck):
            found[check.name] = spec.loses[ALL]
    return found


def _tried(mistake: Mistake, reference: Reference, tree: Map) -> list[GraderError]:
    """The faults of one mistake's edits, each with its place."""
    key = "file" if mistake.file else "of"
    wanted = mistake.file or mistake.of
    if wanted not in reference.files:
        match = near(wanted, reference.files)
        remedy = (
            say("Did you mean `{match}`?", match=match)
            if match
            else say("Known here: {keys}.", keys=", ".join(reference.files))
        )
        message = say("The reference folder has no file `{file}`.", file=wanted)
        return [CourseError(message, place=tree.at((mistake.name, key)), remedy=remedy)]
    found: list[GraderError] = []
    text = "" if mistake.file else _text(reference, mistake.of)
    for n, (old, new) in enumerate(mistake.edits):
        if old not in text:
            single = len(mistake.edits) == 1
            remedy = say("Copy the text from the file, with its indentation.")
            if line := _nearest(old, text):
                remedy = say("The nearest line there is `{match}`.", match=line)
            message = say("The text to replace does not stand in {file}.", file=mistake.of)
            place = tree.at((mistake.name, "edit", 0) if single else (mistake.name, "edit", n, 0))
            found.append(CourseError(message, place=place, remedy=remedy))
        text = text.replace(old, new)
    return found


def _nearest(old: str, text: str) -> str | None:
    """The line of `text` that has most of the first missing line of `old`, None when none has enough of it."""
    lines = [line.strip() for line in text.splitlines()[:1000] if line.strip()]
    missing = next((line.strip() for line in old.splitlines() if line.strip() and line not in text), "")[:200]
    best, share = None, 0.6
    for line in lines:
        blocks = difflib.SequenceMatcher(None, missing, line[:200], autojunk=False).get_matching_blocks()
        common = sum(block.size for block in blocks if block.size > 1) / max(1, len(missing))
        if common > share:
            best, share = line, common
    return best


def _text(reference: Reference, name: str) -> str:
    return reference.text(name).replace("\r\n", "\n")


def apply(mistake: Mistake, reference: Reference) -> bytes:
    """The wrong file itself, UTF-8. An edit applies wherever its text stands."""
    if mistake.file is not None:
        return reference.files[mistake.file]
    text = _text(reference, mistake.of)
    for old, new in mistake.edits:
        text = text.replace(old, new)
    return text.encode()


def do_nothing(submit: Submit) -> str:
    """A file in which every provided function returns None; it must earn 0."""
    return _do_nothing(submit.provides)
