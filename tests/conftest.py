"""What all tests have in common: they leave no process behind, not even a dead one."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from grader.orphans import become_reaper

if TYPE_CHECKING:
    import pytest

PATIENCE = 30.0  # seconds that a process which is ending may take


def pytest_configure() -> None:
    """Whoever tests start and leave to nobody is left to this process: to the one that began, once its workers are gone."""
    become_reaper()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Wait for them. One that goes on living is left alone and can be seen."""
    if hasattr(config, "workerinput"):
        return  # what this one leaves is left to the one that began
    until = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.02)
    except (ChildProcessError, AttributeError):  # nobody is left; no such call on Windows
        return
