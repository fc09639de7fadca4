"""Attacks on the sandbox itself run in the embedded one; tests/contract/containers holds every backend to the same limits."""

from dataclasses import replace

import pytest

from grader.containers.bubblewrap import Bubblewrap
from grader.containers.session import SandboxSpec
from grader.errors import SandboxError
from tests.inside import SMALL, STUB, Inside, keep_mounts_private, must_work


@pytest.fixture(scope="session", autouse=True)
def private_mounts():
    """Probes that try to mount never run where it would matter."""
    keep_mounts_private()


@pytest.fixture(scope="session")
def bubblewrap():
    """The embedded sandbox with a driver that executes what it is told, or a skip that says why."""
    try:
        return Bubblewrap(STUB)
    except SandboxError as error:
        if must_work("bubblewrap"):
            raise
        pytest.skip(f"bubblewrap: {error}")


@pytest.fixture
def inside(bubblewrap):
    """A function: limits to change -> an open session; closed at the end of the test."""
    opened = []

    def opens(packages=(), **limits):
        session = bubblewrap.open(SandboxSpec(replace(SMALL, **limits), packages))
        opened.append(session)
        return Inside(session)

    yield opens
    for session in opened:
        session.close()
