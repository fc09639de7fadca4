"""Maps with known keys: validated as pydantic models, every fault with its place, what was meant and what to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from grader.course.near import near
from grader.course.tree import Map, Scalar
from grader.errors import CourseError, GraderError, Place, Problems
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.course.tree import Path
    from grader.language import Message


class Fault(ValueError):  # noqa: N818 - a fault in a text, not one of ours
    """What is wrong with one value, and what to write instead; `at` leads from that value to the culprit."""

    def __init__(self, message: Message, remedy: Message | None = None, *, at: Path = ()) -> None:
        super().__init__(str(message))
        self.message, self.remedy, self.at = message, remedy, at


class Spec(BaseModel):
    """A map with known keys. The tree it is read from learns them, for near matches."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _learn(cls, value: object) -> object:
        if isinstance(value, Map):
            value.allowed = tuple(cls.model_fields)
        return value


Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], tree: Map, context: Mapping[str, object]) -> Model:
    """`tree` as a `model`. Raises Problems with every fault, in file order."""
    try:
        return model.model_validate(tree, context=dict(context))
    except ValidationError as error:
        details = error.errors()
        meant = {
            (*path[:-1], _meant(tree, path)) for path in (d["loc"] for d in details if d["type"] == "extra_forbidden")
        }
        told = [d for d in details if d["type"] != "missing" or d["loc"] not in meant]  # a misspelt key is told once
        raise Problems(in_order([_placed(detail, tree) for detail in told])) from None


def _meant(tree: Map, path: Path) -> str | None:
    """The known key that an unknown one at the end of `path` probably is."""
    parent = tree.under(path[:-1])
    word = re.split("[:：]", str(path[-1]))[0]
    return near(word, parent.allowed) if isinstance(parent, Map) else None


def in_order(problems: list[GraderError]) -> list[GraderError]:
    """By file, line and column; each once."""
    unique = {(p.place, str(p.message)): p for p in problems}
    return [unique[key] for key in sorted(unique, key=lambda key: (key[0] or Place(""), key[1]))]


def _placed(detail: Any, tree: Map) -> GraderError:
    path: Path = tuple(detail["loc"])
    fault = detail.get("ctx", {}).get("error")
    if isinstance(fault, Fault):
        return CourseError(fault.message, place=tree.at(path + fault.at), remedy=fault.remedy)
    if detail["type"] == "missing":
        return CourseError(
            say("The key `{key}` is missing.", key=path[-1]),
            place=tree.at(path[:-1]),
            remedy=say("Add `{key}: ...` here.", key=path[-1]),
        )
    if detail["type"] == "extra_forbidden":
        return unknown_key(tree, path)
    value = tree.under(path)
    if detail["type"] in ("list_type", "tuple_type"):
        remedy = say("Write `[a, b]`, or one `- a` a line.")
        if isinstance(value, Scalar) and set("【】［］「」") & set(value):
            remedy = say("The brackets must be the ASCII ones: `[a, b]`.")
        return CourseError(say("A list is expected here."), place=value.place, remedy=remedy)
    if detail["type"] in ("model_type", "dict_type"):
        remedy = say("Write `{{key: value}}`, or one `key: value` a line, indented.")
        return CourseError(say("A map of keys and values is expected here."), place=value.place, remedy=remedy)
    # a kind pydantic learned since; its own words are better than none
    return CourseError(say("{problem}", problem=detail["msg"]), place=value.place)


def unknown_key(tree: Map, path: Path) -> CourseError:
    """The error for a key nobody knows, with what was probably meant."""
    key, parent = str(path[-1]), tree.under(path[:-1])
    allowed = parent.allowed if isinstance(parent, Map) else ()
    value = parent[key] if isinstance(parent, Map) else None
    head, colon, tail = key.partition(":")
    if "：" in key:
        remedy = say("The colon must be the ASCII one followed by a space, not the wide one.")
    elif colon and tail and isinstance(value, Scalar) and value.kind == "null":
        remedy = say("A space is missing after the colon: `{head}: {tail}`.", head=head, tail=tail)
    elif match := _meant(tree, path):
        remedy = say("Did you mean `{match}`?", match=match)
    else:
        remedy = say("Known here: {keys}.", keys=", ".join(allowed))
    return CourseError(say("Unknown key `{key}`.", key=key), place=tree.key_at(path), remedy=remedy)
