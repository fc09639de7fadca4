"""What is assigned to, deleted, captured; and the parts every rewriting is made of.

A name's point must come between the value and the store. Where Python stores several targets in one go, the values go to temporary names
first (names that no program can spell), then to each target in order.
"""

from __future__ import annotations

import ast

from sandbox.rewrite import names
from sandbox.rewrite.scopes import mangled
from sandbox.rewrite.sites import Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    from sandbox.rewrite.scopes import Scope
    from sandbox.rewrite.sites import Sites

    Node = TypeVar("Node", bound=ast.AST)

LONGEST = 40  # characters of a site's name
DISPLAYS = (ast.List, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.Tuple)
MERGING = (ast.Add, ast.Sub, ast.Mult, ast.BitOr, ast.BitAnd, ast.BitXor)


class Targets(ast.NodeTransformer):
    """The half of the transformer that makes points and deals with targets."""

    scope: Scope

    def __init__(self, file: str, sites: Sites) -> None:
        self.file = file
        self.sites = sites
        self.role = ""
        self.updated: set[str] = set()  # texts of variables that the statement at hand both reads and writes
        self.flowing: set[str] = (
            set()
        )  # texts of variables of which the function stores a value made from what it read of them
        self._temporaries = 0

    # -- parts --------------------------------------------------------------------------------------------------------

    def site(
        self, kind: str, about: ast.AST | str, place: ast.AST, *, is_write: bool = False, is_atomic: bool = False
    ) -> int:
        """Its number; 0 if there shall be no code for it."""
        name = about if isinstance(about, str) else ast.unparse(about)
        role = "update" if name in self.updated or name in self.flowing else self.role
        if len(name) > LONGEST:
            name = name[: LONGEST - 3] + "..."
        number = self.sites.number(
            Site(
                kind, name, self.file, getattr(place, "lineno", 0), getattr(place, "col_offset", 0), is_write, is_atomic, role
            )
        )  # fmt: skip
        return 0 if number in self.sites.cold else number

    def hook(self, name: str, *arguments: ast.expr) -> ast.Call:
        return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])

    def call(self, place: ast.AST, name: str, *arguments: ast.expr | str | int) -> ast.Call:
        """A hook's call, where `place` is."""
        made = [each if isinstance(each, ast.expr) else ast.Constant(each) for each in arguments]
        return self.located(self.hook(name, *made), place)

    def apply(
        self, place: ast.AST, function: str, arguments: ast.expr, keywords: Sequence[ast.keyword] = ()
    ) -> ast.Call:
        """`function(*arguments)`: a C function, so no frame comes between."""
        starred = ast.Starred(arguments, ast.Load())
        return self.located(ast.Call(ast.Name(function, ast.Load()), [starred], list(keywords)), place)

    def located(self, node: Node, place: ast.AST) -> Node:
        return ast.fix_missing_locations(ast.copy_location(node, place))

    def copy(self, node: ast.expr) -> ast.expr:
        """Of a constant or a name, to be evaluated once more."""
        if isinstance(node, ast.Name):
            return ast.copy_location(ast.Name(node.id, ast.Load()), node)
        if isinstance(node, ast.UnaryOp):
            return ast.copy_location(ast.UnaryOp(node.op, self.copy(node.operand)), node)
        if isinstance(node, ast.Tuple):
            return ast.copy_location(ast.Tuple([self.copy(each) for each in node.elts], ast.Load()), node)
        assert isinstance(node, ast.Constant)
        return ast.copy_location(ast.Constant(node.value), node)

    def temporary(self) -> str:
        self._temporaries += 1
        return f"@{self._temporaries}"

    def owner(self, name: str) -> Scope | None:
        """Of a shared variable."""
        return self.scope.owner_of(mangled(name, self.scope.cls))

    def is_twice(self, node: ast.expr) -> bool:
        """Whether evaluating it once more, or later, makes no difference."""
        if isinstance(node, ast.Name):
            return self.owner(node.id) is None
        if isinstance(node, ast.UnaryOp):
            return isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)
        return isinstance(node, ast.Constant)

    def is_key(self, node: ast.expr) -> bool:
        """Whether it can be evaluated once more to say which item something is about."""
        if isinstance(node, ast.Tuple):
            return all(self.is_twice(each) for each in node.elts)
        return self.is_twice(node)

    def is_pure(self, node: ast.expr) -> bool:
        """Whether no point can come up while it is evaluated."""
        if isinstance(node, ast.BinOp):
            return self.is_pure(node.left) and self.is_pure(node.right)
        if isinstance(node, ast.Tuple):
            return all(self.is_pure(each) for each in node.elts)
        if isinstance(node, ast.Lambda):
            return not node.args.defaults and not any(node.args.kw_defaults)
        return self.is_twice(node)

    def is_pure_slice(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Slice) and all(
            part is None or self.is_pure(part) for part in (node.lower, node.upper, node.step)
        )

    def is_compound(self, node: ast.expr, index: ast.expr | None = None) -> bool:
        """Whether the statement at hand reads and writes this item."""
        if not self.updated and not self.flowing:
            return False
        text = ast.unparse(node) if index is None else f"{ast.unparse(node)}[{ast.unparse(index)}]"
        return text in self.updated or text in self.flowing

    def index(self, node: ast.expr) -> ast.expr:
        """A subscript's index as a value: slices are made by hand."""
        if isinstance(node, ast.Slice):
            parts = [part or ast.Constant(None) for part in (node.lower, node.upper, node.step)]
            return self.located(self.hook(names.SLICE, *parts), node)
        if isinstance(node, ast.Tuple):
            node.elts = [self.index(each) for each in node.elts]
        return node

    def name_point(self, node: ast.Name, owner: Scope, value: ast.expr | None) -> ast.Call | None:
        """The hook's call before a read, or around the value before a write."""
        is_global = owner.kind == "module"
        number = self.site("global" if is_global else "closure", node.id, node, is_write=value is not None)
        if not number:
            return None
        arguments: list[ast.expr | str | int] = [number]
        if not is_global:
            arguments.append(ast.Name(f"@cells{owner.number}", ast.Load()))
        name = mangled(node.id, self.scope.cls)
        arguments.append(f"{self.file}:{name}" if is_global else name)
        if value is None:
            return self.call(node, names.READ if is_global else names.CELL_READ, *arguments)
        return self.call(node, names.WRITE if is_global else names.CELL_WRITE, *arguments, value)

    def definition_point(self, name: str, place: ast.AST) -> list[ast.stmt]:
        """A statement that announces the binding of `name` by the next one."""
        if self.owner(name) is None:
            return []
        target = ast.copy_location(ast.Name(name, ast.Store()), place)
        return self._announce(target)

    def _announce(self, target: ast.Name) -> list[ast.stmt]:
        owner = self.owner(target.id)
        point = owner and self.name_point(target, owner, ast.copy_location(ast.Constant(None), target))
        return [self.located(ast.Expr(point), target)] if point else []

    # -- assignment ---------------------------------------------------------------------------------------------------

    def needs_statements(self, target: ast.expr) -> bool:
        """Whether it cannot be stored in place."""
        if isinstance(target, ast.Name):
            return self.owner(target.id) is not None
        if isinstance(target, ast.Subscript):
            return not self.is_twice(target.slice) and not self.is_pure_slice(target.slice)
        if isinstance(target, ast.Tuple | ast.List):
            return any(self.needs_statements(each) for each in target.elts)
        return isinstance(target, ast.Starred) and self.needs_statements(target.value)

    def in_place(self, target: ast.expr, hook: str = names.PUT) -> ast.expr:
        """A target with the points inside it."""
        if isinstance(target, ast.Attribute):
            value = target.value
            number = self.site("attribute", target, target, is_write=True)
            target.value = self.visit(value)
            if number:
                attribute = mangled(target.attr, self.scope.cls)
                target.value = self.call(value, names.SET, number, target.value, attribute)
        elif isinstance(target, ast.Subscript):
            value, index = target.value, target.slice
            number = self.site("item", target, target, is_write=True, is_atomic=not self.is_compound(target))
            is_twice = self.is_twice(index)
            target.value = self.visit(value)
            target.slice = self.visit(index)
            if number:
                if is_twice:
                    target.value = self.call(value, hook, number, target.value, self.copy(index))
                else:
                    target.value = self.call(value, names.CHANGE, number, target.value)
        elif isinstance(target, ast.Tuple | ast.List):
            target.elts = [self.in_place(each) for each in target.elts]
        elif isinstance(target, ast.Starred):
            target.value = self.in_place(target.value)
        return target

    def assign(self, target: ast.expr, value: ast.expr, place: ast.stmt) -> list[ast.stmt]:
        """Statements that store `value`, which is rewritten already, in `target`."""
        if isinstance(target, ast.Name):
            owner = self.owner(target.id)
            point = owner and self.name_point(target, owner, value)
            return [self.located(ast.Assign([target], point or value), place)]
        if isinstance(target, ast.Subscript) and self.needs_statements(target):
            number = self.site("item", target, target, is_write=True, is_atomic=not self.is_compound(target))
            container, index = self.visit(target.value), self.visit(target.slice)
            if not number:
                target.value, target.slice = container, index
                return [self.located(ast.Assign([target], value), place)]
            arguments = self.call(target, names.PUT_ARGUMENTS, number, value, container, self.index(index))
            return [self.located(ast.Expr(self.apply(target, names.SET_ITEM, arguments)), place)]
        if isinstance(target, ast.Tuple | ast.List) and self.needs_statements(target):
            target, stores = self.temporaries(target)
            return [self.located(ast.Assign([target], value), place), *stores]
        return [self.located(ast.Assign([self.in_place(target)], value), place)]

    def temporaries(self, target: ast.expr) -> tuple[ast.expr, list[ast.stmt]]:
        """The same target with temporary names, and the statements that store those in the real ones."""
        stores: list[ast.stmt] = []
        used: list[str] = []

        def replace(leaf: ast.expr) -> ast.expr:
            if isinstance(leaf, ast.Starred):
                leaf.value = replace(leaf.value)
                return leaf
            name = self.temporary()
            used.append(name)
            value = ast.copy_location(ast.Name(name, ast.Load()), leaf)
            stores.extend(self.assign(leaf, value, ast.copy_location(ast.Pass(), leaf)))
            return ast.copy_location(ast.Name(name, ast.Store()), leaf)

        made = target
        if isinstance(target, ast.Tuple | ast.List):  # those within are unpacked in their turn
            target.elts = [replace(each) for each in target.elts]
        else:
            made = replace(target)
        stores.append(self.located(ast.Delete([ast.Name(name, ast.Del()) for name in used]), target))
        return made, stores

    def at_start(self, target: ast.expr) -> tuple[ast.expr, list[ast.stmt]]:
        """Of a `for` or a `with`: the target, and what its body must begin with."""
        if self.needs_statements(target):
            return self.temporaries(target)
        return self.in_place(target), []

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        with_update = self.updated_by(node.targets, node.value)
        outer, self.updated = self.updated, with_update
        role, self.role = self.role, ""
        unpacks = any(isinstance(target, ast.Tuple | ast.List) for target in node.targets)
        is_constant = isinstance(node.value, ast.Constant)
        value = self.container(node.value) if unpacks else self.visit(node.value)
        self.role = "constant" if is_constant else ""
        if len(node.targets) == 1:
            found = self.assign(node.targets[0], value, node)
        elif not any(self.needs_statements(target) for target in node.targets):
            node.targets = [self.in_place(target) for target in node.targets]
            node.value = value
            found = [node]
        else:
            name = self.temporary()
            found = [self.located(ast.Assign([ast.Name(name, ast.Store())], value), node)]
            for target in node.targets:
                found += self.assign(target, ast.copy_location(ast.Name(name, ast.Load()), target), node)
            found.append(self.located(ast.Delete([ast.Name(name, ast.Del())]), node))
        self.updated, self.role = outer, role
        return found

    def container(self, node: ast.expr, hook: str = names.CONTAINER, key: ast.expr | None = None) -> ast.expr:
        raise NotImplementedError

    def updated_by(self, targets: Sequence[ast.expr], value: ast.expr) -> set[str]:
        """Texts of the targets that `value` reads: `d[k] = d[k] + 1`, `d[k] = d.get(k, 0) + 1`."""
        found = set()
        for target in targets:
            if not isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
                continue
            text = ast.unparse(target)
            for part in ast.walk(value):
                if (isinstance(part, type(target)) and ast.unparse(part) == text) or (
                    isinstance(target, ast.Subscript)
                    and isinstance(part, ast.Call)
                    and isinstance(part.func, ast.Attribute)
                    and part.func.attr == "get"
                    and part.args
                    and f"{ast.unparse(part.func.value)}[{ast.unparse(part.args[0])}]" == text
                ):
                    found.add(text)
        return found

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return node
        role, self.role = self.role, "constant" if isinstance(node.value, ast.Constant) else ""
        node.value = self.visit(node.value)
        if isinstance(node.target, ast.Name):
            owner = self.owner(node.target.id)
            node.value = (owner and self.name_point(node.target, owner, node.value)) or node.value
        else:
            made = self.in_place(node.target)
            assert isinstance(made, ast.Attribute | ast.Subscript)
            node.target = made
        self.role = role
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        """`x += v` is a read, then a write: `x = hook(x_read += v)`."""
        target = node.target
        before: list[ast.stmt] = []
        used: list[str] = []
        outer, self.updated = self.updated, {ast.unparse(target)}
        text = ast.unparse(target)
        if isinstance(target, ast.Name) and self.owner(target.id) is None:
            self.updated = outer
            is_merge = isinstance(node.value, DISPLAYS) and isinstance(node.op, MERGING)
            if not is_merge or self.scope.kind == "class":
                node.value = self.visit(node.value)
                return node
            read: ast.expr = ast.copy_location(ast.Name(target.id, ast.Load()), target)
            made = self._in_place_operation(node, text, read)
            return self.located(ast.Assign([target], made), node)
        walrus = any(isinstance(part, ast.NamedExpr) for part in ast.walk(node))

        def settled(part: ast.expr) -> ast.expr:
            if self.is_twice(part) and not (walrus and isinstance(part, ast.Name)):
                return part
            name = self.temporary()
            used.append(name)
            value = self.index(self.visit(part))
            before.append(self.located(ast.Assign([ast.Name(name, ast.Store())], value), part))
            return ast.copy_location(ast.Name(name, ast.Load()), part)

        number = 0
        if isinstance(target, ast.Name):
            owner = self.owner(target.id)
            assert owner is not None
            loaded = ast.copy_location(ast.Name(target.id, ast.Load()), target)
            value = self._in_place_operation(node, text, self.visit(loaded))
            value = self.name_point(target, owner, value) or value
        elif isinstance(target, ast.Attribute):
            target.value = settled(target.value)
            reading, writing = self.site("attribute", text, target), self.site("attribute", text, target, is_write=True)
            name = mangled(target.attr, self.scope.cls)
            base = self.copy(target.value)
            if reading:
                base = self.call(target.value, names.ATTRIBUTE, reading, base, name)
            loaded_attribute = ast.copy_location(ast.Attribute(base, target.attr, ast.Load()), target)
            value = self._in_place_operation(node, text, loaded_attribute)
            if writing:
                value = self.call(node, names.SET_VALUE, writing, self.copy(target.value), name, value)
        else:
            target.value = settled(target.value)
            target.slice = settled(target.slice)
            reading, writing = self.site("item", text, target), self.site("item", text, target, is_write=True)
            base = self.copy(target.value)
            if reading:
                base = self.call(target.value, names.ITEM, reading, base, self.copy(target.slice))
            item = ast.copy_location(ast.Subscript(base, self.copy(target.slice), ast.Load()), target)
            value = self._in_place_operation(node, text, item)
            if writing:
                number = writing
                value = self.call(
                    node, names.PUT_VALUE, number, self.copy(target.value), self.copy(target.slice), value
                )  # fmt: skip
        self.updated = outer
        store = self.located(ast.Assign([target], value), node)
        if not used:
            return store
        drop = self.located(ast.Delete([ast.Name(name, ast.Del()) for name in used]), node)
        return [*before, store, drop]

    def _in_place_operation(self, node: ast.AugAssign, text: str, read: ast.expr) -> ast.Call:
        """`iadd(read, value)`; a list's `+=` changes the list itself."""
        is_merge = isinstance(node.op, MERGING) and isinstance(
            node.value, (*DISPLAYS, ast.Name, ast.Attribute, ast.Call)
        )
        function = f"__op_{names.IN_PLACE[type(node.op).__name__]}__"
        number = self.site("method", text, node.target, is_write=True, is_atomic=True) if is_merge else 0
        value = self.visit(node.value)
        if number:
            return self.apply(node, function, self.call(node, names.MERGE, number, read, value))
        return self.located(self.hook(function, read, value), node)

    # -- deletion and capture -----------------------------------------------------------------------------------------

    def visit_Delete(self, node: ast.Delete) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for target in node.targets:
            found += self._delete(target, node)
        return found

    def _delete(self, target: ast.expr, place: ast.stmt) -> list[ast.stmt]:
        if isinstance(target, ast.Tuple | ast.List):
            return [each for part in target.elts for each in self._delete(part, place)] or [
                self.located(ast.Delete([target]), place)
            ]
        if isinstance(target, ast.Name):
            return [*self._announce(target), self.located(ast.Delete([target]), place)]
        if isinstance(target, ast.Subscript) and self.needs_statements(target):
            number = self.site("item", target, target, is_write=True, is_atomic=True)
            container, index = self.visit(target.value), self.visit(target.slice)
            if number:
                arguments = self.call(target, names.DROP_ARGUMENTS, number, container, self.index(index))
                return [self.located(ast.Expr(self.apply(target, names.DELETE_ITEM, arguments)), place)]
            target.value, target.slice = container, index
            return [self.located(ast.Delete([target]), place)]
        return [self.located(ast.Delete([self.in_place(target, names.DROP)]), place)]

    def captures(self, pattern: ast.pattern) -> list[tuple[ast.expr, ast.expr]]:
        """Shared names that a pattern binds get temporary ones; returns for each its store, and the temporary name to delete."""
        found: list[tuple[ast.expr, ast.expr]] = []
        temporaries: dict[str, str] = {}  # alternatives bind the same names
        for part in ast.walk(pattern):
            if isinstance(part, ast.MatchMapping):
                field, name = "rest", part.rest
            elif isinstance(part, ast.MatchAs | ast.MatchStar):
                field, name = "name", part.name
            else:
                continue
            owner = self.owner(name) if name else None
            if name is None or owner is None:
                continue
            if name in temporaries:
                setattr(part, field, temporaries[name])
                continue
            target = ast.copy_location(ast.Name(name, ast.Store()), part)
            temporary = self.temporary()
            value = self.name_point(target, owner, ast.copy_location(ast.Name(temporary, ast.Load()), part))
            if value is None:
                continue
            temporaries[name] = temporary
            setattr(part, field, temporary)
            found.append((ast.NamedExpr(target, value), ast.Name(temporary, ast.Del())))
        return found


def flowing(body: Sequence[ast.stmt]) -> set[str]:
    """Texts of variables whose value goes through a local one back into themselves: `t = d[k]`, then `d[k] = t + 1`."""
    assignments = [part for statement in body for part in ast.walk(statement) if isinstance(part, ast.Assign)]
    came_from: dict[str, set[str]] = {}
    for each in assignments:
        if len(each.targets) == 1 and isinstance(each.targets[0], ast.Name):
            read = [part for part in ast.walk(each.value) if isinstance(part, ast.Name | ast.Attribute | ast.Subscript)]
            came_from.setdefault(each.targets[0].id, set()).update(map(ast.unparse, read))
    for _ in came_from:  # by way of several names
        for texts in came_from.values():
            for name in [text for text in texts if text in came_from]:
                texts.update(came_from[name])
    found = set()
    for each in assignments:
        for target in each.targets:
            if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
                text = ast.unparse(target)
                names = {part.id for part in ast.walk(each.value) if isinstance(part, ast.Name)}
                if any(text in came_from.get(name, ()) for name in names if name != text):
                    found.add(text)
    return found
