"""Names that the rewriter knows: hooks it calls, builtins and methods that read or change a container."""

from __future__ import annotations

READ, WRITE = "__at_read__", "__at_write__"  # of a global variable
CELL_READ, CELL_WRITE, CELLS = "__at_cell_read__", "__at_cell_write__", "__at_cells__"  # of a closure's variable
ATTRIBUTE, SET, SET_VALUE = "__at_attribute__", "__at_set__", "__at_set_value__"
ITEM, ITEM_ARGUMENTS = "__at_item__", "__at_item_arguments__"
PUT, PUT_ARGUMENTS, PUT_VALUE = "__at_put__", "__at_put_arguments__", "__at_put_value__"
DROP, DROP_ARGUMENTS = "__at_drop__", "__at_drop_arguments__"
METHOD, CALL = "__at_method__", "__at_call__"
CONTAINER, CHANGE, MERGE = "__at_container__", "__at_change__", "__at_merge__"
HAS = "__at_has__"
ID = "__at_id__"
EACH, NEXT, LOOP = "__at_each__", "__at_next__", "__at_loop__"
GETATTR, SETATTR, VARS = "__at_getattr__", "__at_setattr__", "__at_vars__"
GET_ITEM, SET_ITEM, DELETE_ITEM, SLICE, APPLY = (
    "__op_getitem__",
    "__op_setitem__",
    "__op_delitem__",
    "__op_slice__",
    "__op_call__",
)
IN_PLACE = {
    "Add": "iadd", "Sub": "isub", "Mult": "imul", "Div": "itruediv", "FloorDiv": "ifloordiv", "Mod": "imod", "Pow": "ipow",
    "LShift": "ilshift", "RShift": "irshift", "BitOr": "ior", "BitXor": "ixor", "BitAnd": "iand", "MatMult": "imatmul",
}  # fmt: skip
"""Operator of an augmented assignment -> function of module operator; its hook is `__op_NAME__`."""

CHANGING = frozenset(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "clear",
        "sort",
        "reverse",
        "update",
        "setdefault",
        "popitem",
        "add",
        "discard",
        "appendleft",
        "popleft",
        "extendleft",
        "rotate",
        "subtract",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
        "move_to_end",
        "__setitem__",
        "__delitem__",
        "__iadd__",
        "__ior__",
    ]
)
READING = frozenset(
    [
        "get",
        "items",
        "keys",
        "values",
        "copy",
        "index",
        "count",
        "most_common",
        "elements",
        "total",
        "union",
        "difference",
        "intersection",
        "symmetric_difference",
        "issubset",
        "issuperset",
        "isdisjoint",
        "decode",
        "find",
        "rfind",
        "startswith",
        "endswith",
        "split",
        "join",
        "hex",
        "__getitem__",
        "__contains__",
        "__len__",
        "__iter__",
    ]
)
METHODS = CHANGING | READING
KEYED = frozenset(["get", "setdefault", "pop"])
"""Methods of a dict that are about one item, the one of their first argument."""
COUNTING = frozenset(["update", "subtract"])
"""Methods of a Counter that add up item by item, in Python, if they are given a mapping."""

READERS = frozenset(
    [
        "sum",
        "len",
        "sorted",
        "list",
        "tuple",
        "set",
        "frozenset",
        "max",
        "min",
        "any",
        "all",
        "str",
        "repr",
        "print",
        "dict",
        "bool",
        "reversed",
        "iter",
        "deque",
        "Counter",
    ]
)
EACH_READERS = frozenset(["enumerate", "zip", "map", "filter"])  # read on as they are iterated over
CHANGERS = frozenset(
    ["heappush", "heappop", "heapify", "heapreplace", "heappushpop", "shuffle", "insort", "insort_left", "insort_right"]
)
FRESH = (
    READERS
    | EACH_READERS
    | frozenset(
        [
            "range",
            "int",
            "float",
            "abs",
            "round",
            "ord",
            "chr",
            "input",
            "open",
            "type",
            "id",
            "hash",
            "isinstance",
            "format",
        ]
    )
)

STDLIB_FLAGS = frozenset(["ctypes", "gc", "inspect", "importlib", "_thread"])
REACHING = frozenset(
    [
        "__globals__",
        "__closure__",
        "__code__",
        "__subclasses__",
        "__builtins__",
        "f_globals",
        "f_locals",
        "f_back",
        "f_builtins",
        "f_code",
        "f_trace",
        "tb_frame",
        "tb_next",
        "gi_frame",
        "gi_code",
        "cr_frame",
        "ag_frame",
        "_getframe",
        "_current_frames",
        "settrace",
        "setprofile",
    ]
)
RUNNING = frozenset(["exec", "eval", "compile", "__import__"])


def hook_names() -> frozenset[str]:
    """Every name that rewritten code expects in its globals."""
    found = {
        value for name, value in globals().items() if name.isupper() and isinstance(value, str) and value[:2] == "__"
    }
    return frozenset(found | {f"__op_{name}__" for name in IN_PLACE.values()})
