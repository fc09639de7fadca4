"""`equivalent:` in mistakes.yaml: faults in the solution that nobody could see, each with the reason why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import PlainValidator, WithJsonSchema, model_validator

from grader.course.near import near
from grader.course.spec import Fault, Spec, validated
from grader.course.tree import Items, Map
from grader.course.values import Counting, Words, words
from grader.errors import CourseError, GraderError, Problems
from grader.judge.mutate import mutants, plain
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.course.tree import Tree
    from grader.errors import Place
    from grader.judge.mutate import Mutant

VERBS: Final = ("drop", "swap", "shrink", "replace")


def _reason(value: object) -> str:
    text = words(value)
    if not text.strip(" ."):
        raise Fault(say("The reason is missing."), say("Write why nobody can see the difference."))
    return text


class EquivalentSpec(Spec):
    """A mutant that changes nothing anybody could see, and why. `inside` and `nth` where the same code stands in more places."""

    why: Annotated[str, PlainValidator(_reason), WithJsonSchema({"type": "string"})]
    drop: Words | None = None
    swap: Words | None = None
    shrink: Words | None = None
    replace: Words | None = None
    inside: Words | None = None
    nth: Counting | None = None

    @model_validator(mode="after")
    def _one_change(self) -> EquivalentSpec:
        if sum(getattr(self, verb) is not None for verb in VERBS) != 1:
            message = say("An equivalent names one change: {verbs}.", verbs=", ".join(VERBS))
            raise Fault(message, say("Copy the text that `grader check` prints."))
        return self


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Faults that nobody can see: all of one code, or those `inside` a function or class, or the `nth` there."""

    verb: str
    code: str
    why: str
    place: Place
    inside: str | None = None
    nth: int | None = None

    def covers(self, mutant: Mutant) -> bool:
        """Whether it speaks of this fault. Spaces and quotes do not count."""
        return (
            self.verb == mutant.verb
            and plain(self.code) == plain(mutant.code)
            and self.inside in (None, mutant.inside)
            and self.nth in (None, mutant.nth)
        )


def entry_of(mutant: Mutant, among: Iterable[Mutant]) -> str:
    """The text to paste for a fault: as short as tells it from the others."""
    same = [other for other in among if (other.verb, plain(other.code)) == (mutant.verb, plain(mutant.code))]
    there = [other for other in same if other.inside == mutant.inside]
    parts = [f"{mutant.verb}: {json.dumps(mutant.code, ensure_ascii=False)}"]
    parts += [f"inside: {json.dumps(mutant.inside, ensure_ascii=False)}"] if len(same) > len(there) else []
    parts += [f"nth: {mutant.nth}"] if len(there) > 1 else []
    return "{" + ", ".join([*parts, 'why: "..."']) + "}"


def read_equivalents(entry: Tree) -> tuple[Equivalent, ...]:
    """The entries, in file order. Raises Problems."""
    if not isinstance(entry, Items):
        remedy = say("Write `[a, b]`, or one `- a` a line.")
        raise Problems([CourseError(say("A list is expected here."), place=entry.place, remedy=remedy)])
    found, problems = [], list[GraderError]()
    for each in entry:
        try:
            found.append(_read(each))
        except Problems as more:
            problems += more.problems
    if problems:
        raise Problems(problems)
    return tuple(found)


def _read(entry: Tree) -> Equivalent:
    if not isinstance(entry, Map):
        remedy = say("Write `{{drop: code, why: reason}}`.")
        message = say("A map of keys and values is expected here.")
        raise Problems([CourseError(message, place=entry.place, remedy=remedy)])
    spec = validated(EquivalentSpec, entry, {})
    verb = next(verb for verb in VERBS if getattr(spec, verb) is not None)
    return Equivalent(verb, getattr(spec, verb), spec.why, entry.at((verb,)), spec.inside, spec.nth)


def unmatched(equivalents: Iterable[Equivalent], solution: str) -> Iterator[GraderError]:
    """An error for each entry that speaks of no fault `grader check` could put into the solution."""
    known = mutants(solution)
    for one in equivalents:
        if any(one.covers(mutant) for mutant in known):
            continue
        codes = sorted({mutant.code for mutant in known if mutant.verb == one.verb})
        message = say(
            "`{verb}: {code}` is no change that `grader check` makes in solution.py.", verb=one.verb, code=one.code
        )
        match = near(one.code, codes)
        if one.code in codes:
            places = sorted(
                {f"{m.inside or '-'} ({m.nth})" for m in known if m.verb == one.verb and m.code == one.code}
            )
            remedy = say("It stands inside: {places}.", places=", ".join(places))
        elif match:
            remedy = say("Did you mean `{match}`?", match=match)
        else:
            remedy = say("Known here: {keys}.", keys=", ".join(codes) or "-")
        yield CourseError(message, place=one.place, remedy=remedy)
