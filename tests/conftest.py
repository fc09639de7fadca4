"""What all tests have in common: they leave no process behind, not even a dead one."""

from __future__ import annotations

import os


def pytest_sessionfinish() -> None:
    """The grader makes this process the parent of every orphan (`grader.orphans`): those of servers that tests started are waited for here."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except (ChildProcessError, AttributeError):  # nobody is left; no such call on Windows
            return
