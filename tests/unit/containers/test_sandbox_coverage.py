"""The page that says which test tries which attack is true."""

import ast
import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
ROWS = re.findall(
    r"^\| (\d+) \| (.*?) \| (.*) \|$",
    (REPOSITORY / "docs" / "sandbox-coverage.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_every_row_of_the_catalogue_is_there():
    """Rows 1 to 74, once each, in order; each with a test or a reason."""
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 75))
    assert all("`tests/" in cell or cell.startswith("no test: ") for _, _, cell in ROWS)


def test_every_test_that_is_named_exists():
    """A renamed test is missed here."""
    named = {name for _, _, cell in ROWS for name in re.findall(r"`(tests/[^`]*)`", cell)}
    assert len(named) > 60
    missing = []
    for name in sorted(named):
        file, _, function = name.partition("::")
        path = REPOSITORY / file
        names = (
            {
                node.name
                for node in ast.parse(path.read_text(encoding="utf-8")).body
                if isinstance(node, ast.FunctionDef)
            }
            if path.exists()
            else set()
        )
        if not path.exists() or (function and function not in names):
            missing.append(name)
    assert missing == []
