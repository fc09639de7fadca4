"""Whether a program can see that a lock is held, or a thread alive, without waiting for it.

If not, releases of locks and ends of threads need not be steps: nobody could tell when they happened.
"""

from __future__ import annotations

import ast

LOOKS = frozenset((
    "locked", "is_alive", "active_count", "activeCount", "enumerate", "_is_owned", "_at_fork_reinit", "exitcode", "wait_for",
    "n_waiting", "_value", "_flag", "_waiters", "taken_by", "_count", "_threads", "ident",
))  # fmt: skip
COMPUTED = frozenset(("getattr", "eval", "exec", "vars", "methodcaller", "attrgetter", "__import__", "dir"))


def probes(tree: ast.AST) -> bool:
    """True when in doubt: an acquire, join or wait with arguments, or one that is handed on instead of being called."""
    called = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if node.attr in LOOKS:
                return True
            if node.attr in ("acquire", "join", "wait"):
                call = called.get(id(node))
                if call is None or not _is_text_join(node, call):
                    return True
        elif isinstance(node, ast.ImportFrom):
            if any(name.name in LOOKS for name in node.names):
                return True
        elif isinstance(node, ast.Name) and node.id in COMPUTED:
            return True
    return False


def _is_text_join(attribute: ast.Attribute, call: ast.Call) -> bool:
    """No arguments, or `"...".join(words)`."""
    if not call.args and not call.keywords:
        return True
    return attribute.attr == "join" and isinstance(attribute.value, (ast.Constant, ast.JoinedStr))
