from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.cli.cli_world import COURSE, EXERCISE, REFERENCE, World
from tests.judging import sandbox

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A course without students."""
    made = World(tmp_path / "course")
    made.write({"assignments/course.yaml": COURSE, "assignments/double.yaml": EXERCISE})
    made.write({f"reference/double/{name}": text for name, text in REFERENCE.items()})
    return made


@pytest.fixture(scope="session")
def needs_sandbox() -> None:
    sandbox("bubblewrap")
