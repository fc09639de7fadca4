"""`provides:`, the names a student's file must offer, and the do-nothing file made from them."""

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.course.spec import Fault
from grader.course.values import words
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHAPE = re.compile(r"(async\s+)?(?:([^\W\d]\w*)\s*\.\s*)?([^\W\d]\w*)\s*\((.*)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Signature:
    """`collect(sock, n)`, or with an `owner` a method of that class: `Counter.add(n)` (self is not written)."""

    name: str
    owner: str | None
    parameters: str
    text: str
    is_async: bool = False

    @property
    def top(self) -> str:
        """The name the student's module must have."""
        return self.owner or self.name


def signature(value: object) -> Signature:
    """One entry of `provides`."""
    text = " ".join(words(value).split())
    found = _SHAPE.fullmatch(text)
    example = say("Write it like `collect(sock, n)`, `Counter(start=0)` or `Counter.add(n)`.")
    if not found:
        raise Fault(say("`{text}` is no signature.", text=text), example)
    is_async, owner, name, parameters = found.groups()
    for part in filter(None, (owner, name)):
        if keyword.iskeyword(part):
            raise Fault(say("`{word}` is a word of Python itself.", word=part), say("Take another name."))
    try:
        tree = ast.parse(f"def _({parameters}): pass")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.Module(body=[], type_ignores=[])
    function = tree.body[0] if len(tree.body) == 1 else None
    if (
        not isinstance(function, ast.FunctionDef)
        or len(function.body) != 1
        or not isinstance(function.body[0], ast.Pass)
    ):
        raise Fault(say("`{text}` has no valid parameter list.", text=text), example)
    arguments = function.args
    defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
    if any(not _is_literal(default) for default in defaults):
        raise Fault(
            say("A default value in `{text}` is no plain literal.", text=text), say("Write a number, text or None.")
        )
    if owner and arguments.args and arguments.args[0].arg == "self":
        raise Fault(say("`{text}` names self.", text=text), say("Leave self out."))
    return Signature(name, owner, ast.unparse(arguments), text, bool(is_async))


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def do_nothing(provides: Sequence[Signature]) -> str:
    """A file with every provided name whose functions all return None: the least that could be handed in."""
    blocks: dict[str, list[str]] = {}
    classes = {each.owner for each in provides if each.owner}
    for each in provides:
        if each.owner or each.name in classes:
            lines = blocks.setdefault(each.top, [f"class {each.top}:"])
            name = each.name if each.owner else "__init__"
            parameters = f"self, {each.parameters}" if each.parameters else "self"
            lines += [*([""] if len(lines) > 1 else []), *_function(each, name, parameters, "    ")]
        else:
            blocks.setdefault(each.name, []).extend(_function(each, each.name, each.parameters, ""))
    return "\n\n\n".join("\n".join(lines) for lines in blocks.values()) + "\n" if blocks else "pass\n"


def _function(each: Signature, name: str, parameters: str, indent: str) -> list[str]:
    kind = "async def" if each.is_async else "def"
    return [f"{indent}{kind} {name}({parameters}):", f"{indent}    return None"]
