"""Every text of the sandboxes exists in Chinese, with the same places."""

import ast
import re
from pathlib import Path

import grader.containers
from grader.language import catalogue

PLACES = re.compile(r"\{[^}]*\}")


def texts():
    """Every constant given to `say` in the package."""
    for path in sorted(Path(grader.containers.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"
                yield node.args[0].value


def test_every_text_is_translated_with_the_same_places():
    """What a person may read is there in both languages; values go into the same places."""
    found = list(texts())
    assert len(found) > 40
    chinese = catalogue("zh")
    missing = [text for text in found if sorted(PLACES.findall(chinese.get(text, "-"))) != sorted(PLACES.findall(text))]
    assert missing == []
    assert [text for text in found if text not in chinese] == []
