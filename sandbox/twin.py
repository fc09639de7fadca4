"""A twin of a program without its locks: where they guarded an update of something shared, the twin must fail.

A program that has silenced the scheduler for itself has silenced it for its twin as well.
"""

from __future__ import annotations

import ast

WAITING = frozenset(("wait", "wait_for", "notify", "notify_all"))


def without_locks(source: str) -> str:
    """`source` without its `with lock:`, if one of them guards an update of something shared; else the same text.

    So too where some locks are taken by `acquire`: those would stay, and nothing need fail without the others.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return source
    if any(isinstance(node, ast.Attribute) and node.attr == "acquire" for node in ast.walk(tree)):
        return source
    remover = Remover(tree)
    tree = remover.visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree)) if remover.is_guarding else source


class Remover(ast.NodeTransformer):
    """Takes the statements out of each `with` over a name or an attribute, conditions excepted: those are waited for."""

    def __init__(self, tree: ast.Module) -> None:
        nodes = list(ast.walk(tree))
        self.shared = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
        self.conditions = {
            ast.unparse(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr in WAITING
        }
        self.is_guarding = False

    def visit_With(self, node: ast.With) -> ast.AST:
        self.generic_visit(node)
        if not all(map(self._is_lock, node.items)):
            return node
        self.is_guarding = self.is_guarding or any(map(self._updates, ast.walk(node)))
        return ast.If(ast.Constant(value=True), node.body, [])

    def _is_lock(self, item: ast.withitem) -> bool:
        if item.optional_vars is not None or not isinstance(item.context_expr, ast.Name | ast.Attribute):
            return False
        return ast.unparse(item.context_expr) not in self.conditions

    def _updates(self, node: ast.AST) -> bool:
        """`n += 1`, `x.n += 1`, `d[k] += 1`: a value that was read flows back."""
        if not isinstance(node, ast.AugAssign):
            return False
        return not isinstance(node.target, ast.Name) or node.target.id in self.shared
