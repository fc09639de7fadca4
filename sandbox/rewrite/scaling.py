"""Integer literals that make loops long are cut down: a race that 200,000 passes show is there in 12.

Not where the file compares something else with a large number: that may be the result the passes add up to.
"""

from __future__ import annotations

import ast

LARGE = 1000
SMALL = 12


def scale(tree: ast.Module) -> tuple[tuple[int, int, int], ...]:
    """Changes `tree`; (line, old, new) of what was cut down, in the order of the text."""
    finder = _Finder(tree)
    if finder.is_oracle:
        return ()
    for node, value in finder.cut:
        old = large(node)
        assert old is not None
        finder.scaled.append((node.lineno, old, value))
        _replace(tree, node, value)
    return tuple(sorted(finder.scaled))


def number(node: ast.AST) -> int | None:
    """Of a constant expression: `1000`, `10**6`, `int(1e6)`, `-5`."""
    match node:
        case ast.Constant(value=int(value)) if type(value) is int:
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand) if (inner := number(operand)) is not None:
            return -inner
        case ast.Call(func=ast.Name(id="int"), args=[ast.Constant(value=float(value))], keywords=[]) if (
            abs(value) < 1e15
        ):
            return int(value)
        case ast.BinOp(left=left, op=op, right=right):
            first, second = number(left), number(right)
            if first is None or second is None:
                return None
            if isinstance(op, ast.Mult):
                return first * second
            if isinstance(op, ast.Pow) and abs(first) <= 1000 and 0 <= second <= 15:
                return int(first**second)
            if isinstance(op, ast.Add):
                return first + second
            if isinstance(op, ast.Sub):
                return first - second
    return None


def large(node: ast.AST) -> int | None:
    """Its value if it is a constant of `LARGE` or more."""
    value = number(node)
    return value if value is not None and value >= LARGE else None


class _Finder:
    def __init__(self, tree: ast.Module) -> None:
        self.cut: list[tuple[ast.expr, int]] = []
        self.scaled: list[tuple[int, int, int]] = []
        self.bounds: set[ast.AST] = set()  # expressions that drive a loop
        self.constants: dict[str, ast.expr] = {}
        self.tree = tree
        stored: dict[str, int] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                stored[node.id] = stored.get(node.id, 0) + 1
            elif isinstance(node, ast.arg):
                stored[node.arg] = stored.get(node.arg, 0) + 1
        for statement in tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
                    large(value) is not None and stored[name] == 1
                ):
                    self.constants[name] = value
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="range"), args=[_, *_] as args, keywords=[]):
                    self._range(args)
                case ast.While(test=test):
                    for part in ast.walk(test):
                        if isinstance(part, ast.Compare):
                            for side in (part.left, *part.comparators):
                                self._bound(side)
        self._constants()
        self.is_oracle = self._compares()

    def _range(self, args: list[ast.expr]) -> None:
        if len(args) == 1:
            self._bound(args[0])
            return
        start, stop, step = number(args[0]), number(args[1]), number(args[2]) if len(args) > 2 else 1
        if start is None or stop is None or not step or abs(stop - start) // abs(step) < LARGE:
            if start in (0, 1, 2) and stop is None and step == 1:
                self._bound(args[1])
            return
        if step > 0 and stop > start:
            self._add(args[1], start + SMALL * step)
        elif step < 0 and start > stop:
            self._add(args[0], stop - SMALL * step)

    def _bound(self, node: ast.expr) -> None:
        if large(node) is not None:
            self._add(node, SMALL)
        elif isinstance(node, ast.Name):
            self.bounds.add(node)
        elif isinstance(node, ast.BinOp) and number(node) is None:
            self._bound(node.left)
            if isinstance(node.op, (ast.Mult, ast.Add)):
                self._bound(node.right)

    def _add(self, node: ast.expr, value: int) -> None:
        if large(node) is not None:
            self.bounds.add(node)
            self.cut.append((node, value))

    def _constants(self) -> None:
        uses: dict[str, list[ast.AST]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in self.constants:
                uses.setdefault(node.id, []).append(node)
        for name, value in self.constants.items():
            if uses.get(name) and all(node in self.bounds for node in uses[name]):
                self.cut.append((value, SMALL))

    def _compares(self) -> bool:
        cut = {node for node, _ in self.cut}
        left = {name for name, value in self.constants.items() if value not in cut}
        loops = {part for node in ast.walk(self.tree) if isinstance(node, ast.While) for part in ast.walk(node.test)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Compare) and node not in loops:
                for part in ast.walk(node):
                    if (large(part) is not None and part not in cut) or (
                        isinstance(part, ast.Name) and part.id in left
                    ):
                        return True
        return False


def _replace(tree: ast.Module, old: ast.expr, value: int) -> None:
    new = ast.copy_location(ast.Constant(value), old)
    for node in ast.walk(tree):
        for field, content in ast.iter_fields(node):
            if content is old:
                setattr(node, field, new)
                return
            if isinstance(content, list) and old in content:
                content[content.index(old)] = new
                return
