"""A twin of a program with races planted in it: whoever silences the scheduler for the program silences it for these as well.

A planted race needs nothing of the program: two threads of its own update one variable. It stands where a function begins, inside `with`, and at
the end of the file, so that it runs in the middle of whatever the program does to what watches it. One that was run and not found is a sign.
"""

from __future__ import annotations

import ast

PLANTED = "planted_races.py"
MOST = 12  # two tasks each


def with_races(source: str) -> tuple[str, str, int]:
    """(the twin, the text of PLANTED, how many races); no race where the source cannot be read."""
    try:
        tree = ast.parse(source)
        planter = Planter()
        tree = planter.visit(tree)
        tree.body.append(planter.race())
        place = 0
        while place < len(tree.body) and is_preface(tree.body[place]):
            place += 1
        tree.body.insert(place, ast.parse(f"from {PLANTED.removesuffix('.py')} import plant as planted_race").body[0])
        return ast.unparse(ast.fix_missing_locations(tree)), planted(planter.count), planter.count
    except (SyntaxError, ValueError, RecursionError):
        return source, "", 0


def is_preface(node: ast.stmt) -> bool:
    """What has to stand first in a file."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


def planted(count: int) -> str:
    """The module with the races: each is run once, the second time it would be no news. `done` is the searcher's own list."""
    lines = ["from threading import Thread", "begun = []"]
    for number in range(count):
        lines += [f"race{number} = 0", f"def run{number}():", f"    global race{number}", f"    race{number} += 1"]
    lines += [
        f"runs = [{', '.join(f'run{number}' for number in range(count))}]",
        "def plant(number):",
        "    if number in begun: return",
        "    begun.append(number)",
        "    one, two = Thread(target=runs[number]), Thread(target=runs[number])",
        "    one.start()",
        "    two.start()",
        "    one.join()",
        "    two.join()",
        "    done.append(number)",
    ]
    return "\n".join(lines) + "\n"


class Planter(ast.NodeTransformer):
    """Plants up to MOST races."""

    def __init__(self) -> None:
        self.count = 0

    def race(self) -> ast.stmt:
        """A statement that runs the next one."""
        self.count += 1
        return ast.parse(f"planted_race({self.count - 1})").body[0]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._begin(node)

    def visit_With(self, node: ast.With) -> ast.AST:
        return self._begin(node)

    def _begin(self, node: ast.FunctionDef | ast.With) -> ast.AST:
        self.generic_visit(node)
        if self.count < MOST - 1 and getattr(node, "name", "") not in (
            "__del__",
            "__hash__",
            "__eq__",
            "__lt__",
            "__repr__",
            "__str__",
        ):
            place = 1 if isinstance(node, ast.FunctionDef) and is_preface(node.body[0]) and len(node.body) > 1 else 0
            node.body.insert(place, self.race())
        return node
