"""The two worlds by their imports: only sandbox.protocol crosses; what runs student code needs nothing but Python and greenlet."""

import ast
import sys
from pathlib import Path

import pytest

import grader

ROOT = Path(grader.__file__).parents[1]
CROSSING = "sandbox.protocol"
GRADER = sorted((ROOT / "grader").rglob("*.py"))
SANDBOX = sorted((ROOT / "sandbox").rglob("*.py"))


def imports(path):
    """Full names of everything a file imports, wherever in it, and by importlib where the name is a literal."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            for alias in node.names:
                yield (f"{module}.{alias.name}" if module in ("grader", "sandbox") else module), node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "__import__",
        ):
            name = node.args[0] if node.args else None
            if isinstance(name, ast.Constant):
                yield str(name.value), node.lineno


def crosses(name, world):
    return name == world or name.startswith(world + ".")


@pytest.mark.parametrize("path", GRADER, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_trusted_world_imports_the_protocol_only(path):
    """Nothing of grader/ imports anything of sandbox/ but the messages."""
    wrong = [
        f"{path.name}:{line}: {name}"
        for name, line in imports(path)
        if crosses(name, "sandbox") and not crosses(name, CROSSING)
    ]
    assert not wrong


@pytest.mark.parametrize("path", SANDBOX, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_untrusted_world_imports_python_and_greenlet_only(path):
    """Nothing of sandbox/ imports grader, or any package a sandbox need not have."""
    wrong = [
        f"{path.name}:{line}: {name}"
        for name, line in imports(path)
        if not crosses(name, "sandbox") and name.partition(".")[0] not in {*sys.stdlib_module_names, "greenlet"}
    ]
    assert not wrong


def test_the_untrusted_world_knows_no_verdict_and_no_test():
    """No test, no expected value, no score and no verdict's name stands in what is mounted beside student code."""
    for path in SANDBOX:
        names = {
            node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)
        }
        assert not names & {"Verdict", "points", "score", "expected", "pytest"}, path


def test_the_protocol_imports_nothing_but_the_standard_library():
    """The one module both worlds share drags nothing of either along."""
    names = {name.partition(".")[0] for name, _ in imports(ROOT / "sandbox" / "protocol.py")}
    assert names <= sys.stdlib_module_names
