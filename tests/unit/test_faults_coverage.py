"""The page that says which test shows the right outcome of which fault is true."""

import ast
import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (\d+) \| (.*?) \| (.*) \|$",
    (REPOSITORY / "docs" / "faults-coverage.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
FAULTS = [
    *(1, 2, 4, 5, 8, 13, 14, 16, 17, 18, 20, 23, 24, 25, 29, 31, 33, 36, 37, 38),
    *(39, 41, 42, 45, 46, 48, 50, 51, 53, 54, 55, 58, 59, 60, 61, 63, 64, 65, 67, 69),
    *(72, 74, 75, 76, 78, 79, 80, 81, 82, 85, 86, 87, 89, 91, 92, 94, 95, 96),
]
LATER = {80, 89}  # mail and web pages


def test_every_fault_is_there():
    """All 58, once each, in order; each with an outcome and a test, but for those that wait for what is not built yet."""
    assert [int(number) for number, _, _ in ROWS] == FAULTS
    assert all(right for _, right, _ in ROWS)
    assert {int(number) for number, _, cell in ROWS if "`tests/" not in cell} == LATER
    assert all(cell.startswith("no test: ") for number, _, cell in ROWS if int(number) in LATER)


def test_every_test_that_is_named_exists():
    """A renamed test is missed here."""
    named = {name for _, _, cell in ROWS for name in re.findall(r"`(tests/[^`]*)`", cell)}
    assert len(named) > 100
    missing = []
    for name in sorted(named):
        file, _, function = name.partition("::")
        path = REPOSITORY / file
        tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
        if function not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            missing.append(name)
    assert missing == []
