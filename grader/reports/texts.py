"""Every product text of a package: `say("...")` in its Python files and in its templates. For the test that all are translated."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jinja2.ext import extract_from_ast

from grader.reports.render import environment

if TYPE_CHECKING:
    from pathlib import Path


def texts_in(folder: Path) -> frozenset[str]:
    """English texts under `folder`. A `say` whose text is no literal must repeat one that is."""
    found: set[str] = set()
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    for path in sorted(folder.rglob("*.j2")):
        tree = environment().parse(path.read_text(encoding="utf-8"))
        for _, _, text in extract_from_ast(tree, gettext_functions=("say",)):
            found.update(part for part in (text if isinstance(text, tuple) else (text,)) if part)
    return frozenset(found)
