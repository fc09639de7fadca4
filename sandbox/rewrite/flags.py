"""What a program could reach into the scheduler with, by line. A flag is no proof: a person looks at it.

Names are looked at wherever a tree has one, text constants too, so that it does not matter by which syntax a name is used.
"""

from __future__ import annotations

import ast
import os
import re
import sys

from sandbox.rewrite.names import HARMLESS, HOMEWORK_MODULES, REACHING, REFLECTING, RUNNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

DUNDER = re.compile(r"__[A-Za-z]\w*?__")
WORD = re.compile(r"\w+")
OF_MODULES = frozenset(("__name__", "__doc__", "__file__", "__version__", "__all__", "_exit", "_MEIPASS"))
"""Names with an underscore that a program may read of a module."""


def flags_of(
    tree: ast.Module, own: Container[str] | None = None, packages: Sequence[str] = ()
) -> tuple[tuple[str, int], ...]:
    """(name, line), in the order of the text. `own`: modules of the program; `packages`: folders with what else it may import.

    Where `own` is given, an import of anything beyond these and the standard library is one of them.
    """
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    subscribed = {id(node.value): node for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    modules = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] in sys.stdlib_module_names
    }
    names_of_modules = modules | {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in sys.stdlib_module_names
        for alias in node.names
    }
    documented = set(_documentation(tree))
    found: list[tuple[int, int, str]] = []
    for node in ast.walk(tree):
        if id(node) in documented:
            continue
        strange = [] if own is None else [name for name in imported(node) if not is_known(name, own, packages)]
        names = [
            *strange,
            *_identifiers(node),
            *_imports(node, own or ()),
            *_of_modules(node, modules, names_of_modules),
        ]
        if isinstance(node, ast.Name) and node.id in REFLECTING and id(node) not in called:
            names.append(node.id)
        if isinstance(node, ast.Call):
            names += _calls(node, modules, subscribed.get(id(node)))
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        found += [(line, column, name) for name in names]
    return tuple(dict.fromkeys((name, line) for line, _, name in sorted(found)))


def imported(node: ast.AST) -> list[str]:
    """Modules that a statement imports, by their first name."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.partition(".")[0]]
    return []


def is_known(name: str, own: Container[str], packages: Sequence[str]) -> bool:
    """Whether a module is the standard library's, the program's own, or out of a listed package."""
    if name in sys.stdlib_module_names or name in own:
        return True
    return any(os.path.exists(os.path.join(folder, end)) for folder in packages for end in (name, f"{name}.py"))


def _documentation(tree: ast.Module) -> Iterator[int]:
    """Texts that are statements by themselves: nothing reads them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


def _identifiers(node: ast.AST) -> list[str]:
    """Names in any field of a node that lead into the interpreter, or that rewritten code expects; also as a part of a text."""
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str) or len(node.value) > 10_000:
            return []
        words = [*WORD.findall(node.value), *DUNDER.findall(node.value)]
        return [word for word in words if is_reaching(word) and (word == node.value or "_" in word)]
    found = [node.id] if isinstance(node, ast.Name) and node.id in RUNNING else []
    for _, value in ast.iter_fields(node):
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                found += filter(is_reaching, text.split("."))
    if isinstance(node, ast.Attribute) and node.attr == "__class__" and not isinstance(node.ctx, ast.Load):
        found.append("__class__ =")
    return found


def is_reaching(name: str) -> bool:
    """Whether a name is one of the interpreter's own that homework has no use for."""
    return name in REACHING or (bool(DUNDER.fullmatch(name)) and name not in HARMLESS)


def _imports(node: ast.AST, own: Container[str]) -> list[str]:
    """Modules of the standard library that homework has no use for, and other modules' modules and private names."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names if _is_strange(alias.name, own)]
    if not isinstance(node, ast.ImportFrom) or node.level:
        return []
    base = node.module or ""
    if _is_strange(base, own):
        return [base.partition(".")[0]]
    if base.partition(".")[0] not in sys.stdlib_module_names or base.partition(".")[0] in own:
        return []
    return [f"{base}.{alias.name}" for alias in node.names if is_inner(base, alias.name)]


def _is_strange(name: str, own: Container[str]) -> bool:
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names and top not in own and not {top, name} & HOMEWORK_MODULES


def is_inner(module: str, name: str) -> bool:
    """Whether `module.name` is another module that it happens to use, or private to it."""
    if name.startswith("_"):
        return name not in OF_MODULES
    return name in ("modules", "monitoring", "mock") or (
        name in sys.stdlib_module_names
        and name != module.rpartition(".")[2]
        and (module, name) != ("asyncio", "subprocess")
    )


def _of_modules(node: ast.AST, modules: set[str], names: set[str]) -> list[str]:
    """What is taken out of a module or changed in it, at any depth: `threading.Thread.run = ...`."""
    if not isinstance(node, ast.Attribute):
        return []
    base: ast.expr = node.value
    path = [node.attr]
    while isinstance(base, ast.Attribute | ast.Subscript):
        path.insert(0, base.attr if isinstance(base, ast.Attribute) else "[]")
        base = base.value
    before = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    if isinstance(base, ast.Name) and base.id in modules and is_inner(before, node.attr) and node.attr not in REACHING:
        return [f"{before}.{node.attr}"]
    is_of_type = isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "type"
    is_changed = not isinstance(node.ctx, ast.Load) and (
        is_of_type or (isinstance(base, ast.Name) and base.id in names)
    )
    return [f"{'.'.join([getattr(base, 'id', 'type()'), *path[:10]])} ="] if is_changed else []


def _calls(node: ast.Call, modules: set[str], subscript: ast.Subscript | None) -> list[str]:
    """Builtins that look names up: with a name that is computed they could look up any."""
    name = (
        node.func.id
        if isinstance(node.func, ast.Name)
        else node.func.attr
        if isinstance(node.func, ast.Attribute)
        else ""
    )
    if name in ("attrgetter", "methodcaller"):
        return [] if all(isinstance(arg, ast.Constant) for arg in node.args) else [name]
    if not isinstance(node.func, ast.Name):
        return []
    if name in ("getattr", "setattr", "delattr"):
        if len(node.args) < 2 or not isinstance(node.args[1], ast.Constant):
            return [name]
        first = node.args[0]
        if name != "getattr" and (not isinstance(first, ast.Name) or first.id in modules):
            return [f"{getattr(first, 'id', '')}.{node.args[1].value!s} ="]
        if isinstance(first, ast.Name) and first.id in modules and is_inner(first.id, str(node.args[1].value)):
            return [f"{first.id}.{node.args[1].value!s}"]
    if name == "vars" and node.args:
        return ["vars"] if isinstance(node.args[0], ast.Name) and node.args[0].id in modules else []
    is_looked_up = subscript is not None and isinstance(subscript.slice, ast.Constant)
    return [f"{name}()"] if name in ("globals", "vars", "locals") and not is_looked_up else []
