# ruff: noqa: N802  (visitors have the names of the nodes)
"""The rewriting: expressions and statements other than what is assigned to."""

from __future__ import annotations

import ast
import sys

from sandbox.rewrite import names
from sandbox.rewrite.scopes import Scopes, mangled
from sandbox.rewrite.targets import Targets, flowing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.rewrite.sites import Sites

CHUNK = 100  # passes of a `while` loop that are counted at once
DISPLAYS = (ast.List, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)


class Transformer(Targets):
    """Rewrites one file's tree, in place."""

    def __init__(self, tree: ast.Module, file: str, sites: Sites) -> None:
        super().__init__(file, sites)
        self.tree = tree
        self.scopes = Scopes(tree)
        self.scope = self.scopes.module
        self.modules = {
            alias.asname or alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name.partition(".")[0] in sys.stdlib_module_names
        }
        self.methods = {
            each.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            for each in node.body
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        } - names.METHODS

    def module(self) -> ast.Module:
        """The tree, rewritten."""
        self.tree.body = self.block(self.tree.body)
        ast.fix_missing_locations(self.tree)
        return self.tree

    def is_builtin(self, node: ast.expr, among: frozenset[str]) -> bool:
        """Whether it is one of these builtins by its own name."""
        return isinstance(node, ast.Name) and node.id in among and self.is_free(node.id)

    def is_free(self, name: str) -> bool:
        """Whether `name` is bound nowhere in the file, or imported only: a builtin, or a well-known function of the library."""
        found = self.scope.find(name)
        module = self.scopes.module
        return found is module and name not in module.shared and module.bound[name] == module.defined[name]

    # -- scopes -------------------------------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | list[ast.AST]:
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        self._defaults(node.args)
        before = self.definition_point(node.name, node)
        scope = self.scopes.of[node]
        outer, self.scope = self.scope, scope
        role, self.role = self.role, ""
        flows, self.flowing = self.flowing, flowing(node.body)
        body = self.block(node.body)
        self.flowing = flows
        if scope.shared:
            start = 1 if ast.get_docstring(node, clean=False) is not None else 0
            cells = ast.Assign([ast.Name(f"@cells{scope.number}", ast.Store())], self.hook(names.CELLS))
            body.insert(start, ast.fix_missing_locations(ast.copy_location(cells, node.body[0])))
        node.body = body
        self.scope, self.role = outer, role
        return [*before, node]

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self._defaults(node.args)
        outer, self.scope = self.scope, self.scopes.of[node]
        role, self.role = self.role, ""
        node.body = self.visit(node.body)
        self.scope, self.role = outer, role
        return node

    def _defaults(self, arguments: ast.arguments) -> None:
        arguments.defaults = [self.visit(each) for each in arguments.defaults]
        arguments.kw_defaults = [each and self.visit(each) for each in arguments.kw_defaults]

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST | list[ast.AST]:
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        node.bases = [self.visit(each) for each in node.bases]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        before = self.definition_point(node.name, node)
        outer, self.scope = self.scope, self.scopes.of[node]
        node.body = self.block(node.body)
        self.scope = outer
        return [*before, node]

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> ast.AST:
        first = node.generators[0]
        if any(each.is_async for each in node.generators):
            return node
        first.iter = self.each(first.iter)
        outer, self.scope = self.scope, self.scopes.of[node]
        for place, each in enumerate(node.generators):
            if place:
                each.iter = self.each(each.iter)
            each.target = self.in_place(each.target)
            each.ifs = [self.test(one, "guard") for one in each.ifs]
        if isinstance(node, ast.DictComp):
            node.key = self.visit(node.key)
            node.value = self.visit(node.value)
        else:
            node.elt = self.visit(node.elt)
        self.scope = outer
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    # -- names, attributes, items -------------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> ast.expr:
        owner = self.owner(node.id)
        if node.id == "id" and owner is None and self.is_free("id") and not self.scopes.module.bound["id"]:
            node.id = names.ID
        if owner is None or not isinstance(node.ctx, ast.Load):
            return node
        read = self.name_point(node, owner, None)
        return node if read is None else ast.copy_location(ast.BoolOp(ast.Or(), [read, node]), node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        updated, self.updated = self.updated, self.updated | self.updated_by([node.target], node.value)
        node.value = self.visit(node.value)
        owner = self.owner(node.target.id)
        if owner is not None:
            node.value = self.name_point(node.target, owner, node.value) or node.value
        self.updated = updated
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self.attribute(node)

    def attribute(self, node: ast.Attribute, *, is_called: bool = False) -> ast.Attribute:
        """A read of an attribute."""
        number = 0
        if not self._is_plain(node, is_called=is_called):
            number = self.site("attribute", node, node)
        original = node.value
        node.value = self.visit(original)
        if number:
            node.value = self.call(original, names.ATTRIBUTE, number, node.value, mangled(node.attr, self.scope.cls))
        return node

    def _is_plain(self, node: ast.Attribute, *, is_called: bool) -> bool:
        """Whether it is certainly no shared state: a special name, of a module of the library, a method, or of `super()`."""
        value = node.value
        if node.attr.startswith("__") and node.attr.endswith("__") and node.attr != "__dict__":
            return True
        if isinstance(value, ast.Name) and value.id in self.modules and self.is_free(value.id):
            return True
        if is_called and node.attr in self.methods:
            return True
        return isinstance(value, ast.Constant | ast.JoinedStr) or _is_super(value)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        number = self.site("item", node, node, is_atomic=not self.is_compound(node))
        value, index = node.value, node.slice
        is_twice, is_slice = self.is_twice(index), self.is_pure_slice(index)
        node.value = self.visit(value)
        node.slice = self.visit(index)
        if not number:
            return node
        if is_twice:
            node.value = self.call(value, names.ITEM, number, node.value, self.copy(index))
        elif is_slice:
            node.value = self.call(value, names.CONTAINER, number, node.value)
        else:
            arguments = self.call(node, names.ITEM_ARGUMENTS, number, node.value, self.index(node.slice))
            return self.apply(node, names.GET_ITEM, arguments)
        return node

    # -- calls --------------------------------------------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> ast.expr:
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        is_named = isinstance(func, ast.Name) and self.is_free(name)
        if is_named and name in ("getattr", "setattr", "delattr", "hasattr", "vars") and not node.keywords:
            return self._by_name(node, name)
        if is_named and name in names.READERS | names.EACH_READERS | {"next"}:
            return self._builtin(node, name)
        if name in names.CHANGERS and (is_named or isinstance(func, ast.Attribute)):
            node.args = [self.container(each, names.CHANGE) for each in node.args]
            self._rest(node)
            return node
        if isinstance(func, ast.Attribute):
            if name in names.METHODS:
                return self._method(node, func)
            node.func = self.attribute(func, is_called=True)
        else:
            node.func = self.visit(func)
        role, self.role = self.role, ""
        node.args = [self.visit(each) for each in node.args]
        self.role = role
        self._rest(node, func=False)
        return node

    def _rest(self, node: ast.Call, *, func: bool = True) -> None:
        if func:
            node.func = (
                self.attribute(node.func, is_called=True)
                if isinstance(node.func, ast.Attribute)
                else self.visit(node.func)
            )
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)

    def _by_name(self, node: ast.Call, name: str) -> ast.Call:
        """`getattr(o, n)` -> `getattr(*hook(o, n))`."""
        if not node.args:
            return node
        hook = {"getattr": names.GETATTR, "hasattr": names.GETATTR, "vars": names.VARS}.get(name, names.SETATTR)
        number = self.site("attribute", node, node, is_write=hook == names.SETATTR)
        arguments = [self.visit(each) for each in node.args]
        if number:
            node.args = [ast.Starred(self.call(node, hook, number, *arguments), ast.Load())]
        else:
            node.args = arguments
        return node

    def _builtin(self, node: ast.Call, name: str) -> ast.Call:
        role = self.role
        self.role = "display" if name in ("print", "str", "repr") else role
        start = 1 if name in ("map", "filter") else 0
        for place, each in enumerate(node.args):
            if place < start:
                node.args[place] = self.visit(each)
            elif name in names.EACH_READERS:
                node.args[place] = self.each(each, counted=False)
            else:
                node.args[place] = self.container(each, names.NEXT if name == "next" else names.CONTAINER)
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        self.role = role
        return node

    def _method(self, node: ast.Call, func: ast.Attribute) -> ast.Call:
        """`o.append(x)`: the point comes after the arguments, just before the call."""
        is_write = func.attr in names.CHANGING
        joins = func.attr == "join" and len(node.args) == 1
        compound = func.attr in ("get", "setdefault") and node.args and self.is_compound(func.value, node.args[0])
        number = 0 if isinstance(func.value, ast.Constant) else self.site(
            "method", func.value, func, is_write=is_write, is_atomic=not compound
        )  # fmt: skip
        is_pure = all(self.is_pure(each) for each in (*node.args, *(keyword.value for keyword in node.keywords)))
        value = func.value
        func.value = self.visit(value)
        node.args = [self.container(each) if joins else self.visit(each) for each in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        if not number:
            return node
        if is_pure:
            key = (
                node.args[:1]
                if func.attr in names.KEYED | names.COUNTING and node.args and self.is_key(node.args[0])
                else ()
            )
            func.value = self.call(value, names.METHOD, number, func.value, func.attr, *map(self.copy, key))
            return node
        arguments = self.call(node, names.CALL, number, func, *node.args)
        applied = self.apply(node, names.APPLY, arguments, node.keywords)
        if func.end_lineno is not None and func.lineno != func.end_lineno and func.end_col_offset is not None:
            for each in (applied, arguments):  # as the compiler places the call of a method
                each.lineno = func.end_lineno
                each.col_offset = max(0, func.end_col_offset - len(func.attr))
        return applied

    def container(self, node: ast.expr, hook: str = names.CONTAINER, key: ast.expr | None = None) -> ast.expr:
        """An expression whose value is read, or changed, by what it is handed to: as a whole, or at `key` only if it is a dict."""
        if isinstance(node, ast.Starred):
            node.value = self.container(node.value)
            return node
        if not self._may_be_container(node):
            return self.visit(node)  # type: ignore[no-any-return]
        kind = "method" if hook == names.CHANGE else "container"
        is_write = hook not in (names.CONTAINER, names.HAS)
        number = self.site(kind, node, node, is_write=is_write, is_atomic=True)
        visited = self.visit(node)
        return self.call(node, hook, number, visited, *([key] if key else ())) if number else visited

    def _may_be_container(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call):
            return not self.is_builtin(node.func, names.FRESH) and not _is_super(node)
        return isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.IfExp | ast.NamedExpr)

    def each(self, node: ast.expr, *, counted: bool = True) -> ast.expr:
        """What is iterated over: a point for each element if it is a container."""
        number = self.site("iteration", node, node) if self._may_be_container(node) else 0
        is_long = number or (counted and not _is_short(node))
        visited = self.visit(node)
        return self.call(node, names.EACH, number, visited) if is_long else visited

    def visit_Starred(self, node: ast.Starred) -> ast.expr:
        return self.container(node) if isinstance(node.ctx, ast.Load) else node

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.expr:
        node.value = self.each(node.value, counted=False)
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        role, self.role = self.role, "display"
        node.value = self.container(node.value)
        self.role = role
        if node.format_spec is not None:
            node.format_spec = self.visit(node.format_spec)
        return node

    # -- tests --------------------------------------------------------------------------------------------------------

    def test(self, node: ast.expr, role: str) -> ast.expr:
        """An expression whose truth decides: an `if`, a `while`."""
        outer, self.role = self.role, role
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            result = self.container(node)
        elif isinstance(node, ast.BoolOp):
            node.values = [self.test(each, role) for each in node.values]
            result = node
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self.test(node.operand, role)
            result = node
        else:
            result = self.visit(node)
        self.role = outer
        return result

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        *tested, last = node.values
        node.values = [*(self.test(each, self.role or "guard") for each in tested), self.visit(last)]
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        node.operand = self.test(node.operand, self.role) if isinstance(node.op, ast.Not) else self.visit(node.operand)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        node.test = self.test(node.test, "guard")
        node.body = self.visit(node.body)
        node.orelse = self.visit(node.orelse)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        key = self.copy(node.left) if len(node.ops) == 1 and self.is_key(node.left) else None
        node.left = self.visit(node.left)
        node.comparators = [
            self.container(each, names.HAS if key else names.CONTAINER, key)
            if isinstance(op, ast.In | ast.NotIn)
            else self.visit(each)
            for op, each in zip(node.ops, node.comparators, strict=True)
        ]
        return node

    # -- statements ---------------------------------------------------------------------------------------------------

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for statement in body:
            result = self.visit(statement)
            found += result if isinstance(result, list) else [result]
        return found

    def visit_If(self, node: ast.If) -> ast.AST:
        node.test = self.test(node.test, "guard")
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        node.test = self.test(node.test, "guard")
        node.msg = node.msg and self.visit(node.msg)
        return node

    def visit_While(self, node: ast.While) -> ast.AST | list[ast.AST]:
        node.test = self.test(node.test, "guard" if _is_spent(node) else "poll")
        body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        if self.scope.kind != "function":
            node.body = [self.located(ast.Expr(self.hook(names.LOOP, ast.Constant(1))), node.body[0]), *body]
            return node
        passes = self.temporary()
        count, start = ast.parse(
            f"passes += 1\nif passes == {CHUNK}: passes = {names.LOOP}({CHUNK})\npasses = 0"
        ).body[:2], ast.Assign([ast.Name("passes", ast.Store())], ast.Constant(0))  # fmt: skip
        for statement in (*count, start):
            for each in ast.walk(statement):
                if isinstance(each, ast.Name) and each.id == "passes":
                    each.id = passes
                if hasattr(each, "lineno"):
                    ast.copy_location(each, node.body[0])
        node.body = [*count, *body]
        return [self.located(start, node), node]

    def visit_For(self, node: ast.For) -> ast.AST:
        node.iter = self.each(node.iter)
        node.target, first = self.at_start(node.target)
        node.body = [*first, *self.block(node.body)]
        node.orelse = self.block(node.orelse)
        return node

    def visit_With(self, node: ast.With) -> ast.AST:
        """`with a as x, b as y` is split where a target needs statements of its own."""
        for place, item in enumerate(node.items):
            item.context_expr = self.visit(item.context_expr)
            if item.optional_vars is None:
                continue
            item.optional_vars, first = self.at_start(item.optional_vars)
            if first:
                rest = node.items[place + 1 :]
                if rest:
                    inner = self.located(ast.With(rest, node.body), node)
                    node.items, node.body = node.items[: place + 1], [*first, *self.block([inner])]
                else:
                    node.body = [*first, *self.block(node.body)]
                return node
        node.body = self.block(node.body)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.type = node.type and self.visit(node.type)
        body = self.block(node.body)
        node.body = [*(self.definition_point(node.name, node.body[0]) if node.name else ()), *body]
        return node

    def _import(self, node: ast.Import | ast.ImportFrom) -> list[ast.stmt]:
        bound = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        return [*(point for name in bound if name != "*" for point in self.definition_point(name, node)), node]

    visit_Import = visit_ImportFrom = _import  # noqa: N815

    def visit_Match(self, node: ast.Match) -> ast.AST:
        role, self.role = self.role, "guard"
        node.subject = self.container(node.subject)
        self.role = role
        for case in node.cases:
            case.guard = case.guard and self.test(case.guard, "guard")
            captured = self.captures(case.pattern)
            if captured:
                stores = self.located(ast.Tuple([store for store, _ in captured], ast.Load()), case.pattern)
                guard = ast.BoolOp(ast.And(), [stores, case.guard]) if case.guard else stores
                case.guard = ast.copy_location(guard, case.pattern)
            drop = [self.located(ast.Delete([name for _, name in captured]), case.body[0])] if captured else []
            case.body = [*drop, *self.block(case.body)]
        return node

    def visit_TypeAlias(self, node: ast.AST) -> ast.AST:
        return node


def _is_spent(node: ast.While) -> bool:
    """Whether the loop itself counts what it tests up or down: no flag that another task sets."""
    counted = {
        ast.unparse(part.target) for each in node.body for part in ast.walk(each) if isinstance(part, ast.AugAssign)
    }
    return any(ast.unparse(part) in counted for part in ast.walk(node.test) if isinstance(part, ast.expr))


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _is_short(node: ast.expr) -> bool:
    """Whether a loop over it is certainly short, or counted elsewhere."""
    if isinstance(node, ast.Tuple | ast.Constant | ast.List | ast.Set | ast.GeneratorExp | ast.ListComp):
        return True
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    if node.func.id in names.EACH_READERS | {"reversed", "sorted"}:
        return True
    return (
        node.func.id == "range"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, int)
        and node.args[0].value <= CHUNK
    )
