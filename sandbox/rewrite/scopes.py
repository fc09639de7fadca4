"""Which names of a file more than one task can see change: found by its scopes, as the compiler's symbol table would.

A global name is shared when a function rebinds it by `global`, or when module code binds it more than once and a function reads it.
A local one is shared when a function within rebinds it by `nonlocal`, or when its owner binds it more than once and a function within
reads it. A binding in a loop counts as two.
"""

from __future__ import annotations

import ast
from collections import Counter

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DEFINITIONS = "definition"


def mangled(name: str, cls: str | None) -> str:
    """A private name as the compiler sees it within class `cls`."""
    if cls is None or not name.startswith("__") or name.endswith("__") or "." in name or not cls.strip("_"):
        return name
    return f"_{cls.lstrip('_')}{name}"


class Scope:
    """One scope: what is bound in it, how often, and what is read."""

    def __init__(self, kind: str, parent: Scope | None, cls: str | None, number: int) -> None:
        self.kind = kind  # module, function, lambda, class, comprehension, generator
        self.parent = parent
        self.cls = cls  # innermost class around it
        self.number = number
        self.bound: Counter[str] = Counter()
        self.defined: Counter[str] = Counter()  # bound by def, class or import alone
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.read: set[str] = set()
        self.shared: set[str] = set()  # of its own names
        self.is_async = False

    def find(self, name: str) -> Scope:
        """The scope whose variable `name` is here; the module's for globals and builtins."""
        scope = self
        is_here = True
        while scope.parent is not None:
            if name in scope.globals:
                return scope.module
            if (is_here or scope.kind != "class") and name in scope.bound and name not in scope.nonlocals:
                return scope
            is_here = False
            scope = scope.parent
        return scope

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def owner_of(self, name: str) -> Scope | None:
        """The scope whose shared variable `name` is; None when it is not shared."""
        found = self.find(name)
        return found if name in found.shared else None

    @property
    def is_later(self) -> bool:
        """Whether its code may run at another time, in another task, than the code around it."""
        return self.kind in ("function", "lambda", "generator")

    def later_within(self, owner: Scope) -> bool:
        """Whether between here and `owner` something runs later."""
        scope: Scope | None = self
        while scope is not None and scope is not owner:
            if scope.is_later:
                return True
            scope = scope.parent
        return False


class Scopes(ast.NodeVisitor):
    """The scope of every node that opens one."""

    def __init__(self, tree: ast.Module) -> None:
        self.of: dict[ast.AST, Scope] = {}
        self.all: list[Scope] = []
        self._loops = 0
        self._weight = 1
        self.module = self._scope = self._open(tree, "module")
        for statement in tree.body:
            self.visit(statement)
        self._decide()

    def _open(self, node: ast.AST, kind: str, cls: str | None = None) -> Scope:
        parent = None if kind == "module" else self._scope
        scope = Scope(kind, parent, cls if cls is not None or parent is None else parent.cls, len(self.all))
        self.of[node] = scope
        self.all.append(scope)
        return scope

    def _bind(self, name: str, *, is_definition: bool = False, scope: Scope | None = None) -> None:
        scope = scope or self._scope
        name = mangled(name, self._scope.cls)
        scope.bound[name] += 2 if self._loops else 1
        if is_definition:
            scope.defined[name] += 2 if self._loops else 1

    def _within(self, scope: Scope, *nodes: ast.AST | None) -> None:
        outer, self._scope = self._scope, scope
        loops, self._loops = self._loops, 0
        for node in nodes:
            if node is not None:
                self.visit(node)
        self._scope, self._loops = outer, loops

    # -- scopes -------------------------------------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)
        if isinstance(node, ast.Lambda):
            scope = self._open(node, "lambda")
            body: list[ast.AST] = [node.body]
        else:
            for decorator in node.decorator_list:
                self.visit(decorator)
            self._bind(node.name, is_definition=True)
            scope = self._open(node, "function")
            scope.is_async = isinstance(node, ast.AsyncFunctionDef)
            body = list(node.body)
        outer, self._scope = self._scope, scope
        loops, self._loops = self._loops, 0
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        for argument in every:
            if argument is not None:
                self._bind(argument.arg)
        for parameter in getattr(node, "type_params", ()):
            self._bind(parameter.name)
        self._scope, self._loops = outer, loops
        self._within(scope, *body)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self._bind(node.name, is_definition=True)
        self._within(self._open(node, "class", node.name), *node.body)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        scope = self._open(node, "generator" if isinstance(node, ast.GeneratorExp) else "comprehension")
        parts: list[ast.AST] = [first.target, *first.ifs]
        for other in others:
            parts += [other.iter, other.target, *other.ifs]
        parts += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._within(scope, *parts)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    # -- bindings and reads -------------------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._scope.read.add(mangled(node.id, self._scope.cls))
        else:
            self._bind(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        scope = self._scope
        while scope.kind in ("comprehension", "generator") and scope.parent is not None:
            self._scope.read.add(mangled(node.target.id, self._scope.cls))
            scope = scope.parent
        self._bind(node.target.id, scope=scope)
        if scope is not self._scope:
            self._bind(node.target.id, scope=scope)  # once for every element

    def visit_Global(self, node: ast.Global) -> None:
        self._scope.globals |= {mangled(name, self._scope.cls) for name in node.names}

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self._scope.nonlocals |= {mangled(name, self._scope.cls) for name in node.names}

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._scope.read.add(mangled(node.target.id, self._scope.cls))
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.generic_visit(node)
        else:
            self._scope.bound[mangled(node.target.id, self._scope.cls)] += 0

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self._bind(alias.asname or alias.name.partition(".")[0], is_definition=True)

    visit_Import = visit_ImportFrom = _import  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    def _capture(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = _capture  # noqa: N815

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._bind(node.rest)
        self.generic_visit(node)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._loops += 1
        self.visit(node.target)
        for statement in node.body:
            self.visit(statement)
        self._loops -= 1
        for statement in node.orelse:
            self.visit(statement)

    visit_For = visit_AsyncFor = _for  # noqa: N815

    def visit_While(self, node: ast.While) -> None:
        self._loops += 1
        self.visit(node.test)
        for statement in node.body:
            self.visit(statement)
        self._loops -= 1
        for statement in node.orelse:
            self.visit(statement)

    # -- what is shared -----------------------------------------------------------------------------------------------

    def _decide(self) -> None:
        module = self.module
        for scope in self.all:
            for name in scope.globals | scope.nonlocals:
                if name in scope.bound:
                    owner = scope.find(name) if name in scope.globals else _owner(scope, name)
                    if owner is not scope and (owner is not module or name in scope.globals):
                        owner.shared.add(name)
            for name in scope.read:
                owner = scope.find(name)
                if owner is scope or not scope.later_within(owner):
                    continue
                if owner.bound[name] > 1 and not (owner is module and owner.bound[name] == owner.defined[name]):
                    owner.shared.add(name)
        for scope in self.all:
            if scope.kind not in ("module", "function") or scope.is_async:
                scope.shared.clear()


def _owner(scope: Scope, name: str) -> Scope:
    """Of a name declared nonlocal in `scope`."""
    assert scope.parent is not None
    found = scope.parent
    while found.parent is not None and (found.kind == "class" or name not in found.bound or name in found.nonlocals):
        found = found.parent
    return found
