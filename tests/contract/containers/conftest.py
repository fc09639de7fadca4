"""One suite for all backends: add yours to BACKENDS and every test here holds it to the interface.

A maker takes the folder that stands at /sandbox (a `driver.py` in it is the driver) and raises SandboxError where the backend cannot work here.
"""

import json
import os
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from grader.containers.bubblewrap import Bubblewrap
from grader.containers.local import Local
from grader.containers.session import Ending, Limits, SandboxSpec
from grader.errors import SandboxError

STUB = Path(__file__).parent / "stub"
BACKENDS = {
    "bubblewrap": Bubblewrap,
    "local": Local,
}
ISOLATED = [name for name in BACKENDS if name != "local"]
PATIENCE = 60.0  # seconds for what must not need them
SMALL = Limits(wall=10.0, cpu=5.0)


def pytest_generate_tests(metafunc):
    if "backend_name" in metafunc.fixturenames:
        names = ISOLATED if metafunc.definition.get_closest_marker("isolated") else list(BACKENDS)
        marks = {"docker": [pytest.mark.docker], "bubblewrap": [pytest.mark.bubblewrap]}
        metafunc.parametrize("backend_name", [pytest.param(name, marks=marks.get(name, ())) for name in names])


def pytest_configure(config):
    config.addinivalue_line("markers", "isolated: holds for sandboxes, not for the local backend")


def must_work(name):
    """Whether a missing backend is a failure here: REQUIRE_SANDBOX=docker,bubblewrap in the environment, as .ci/run sets it."""
    return name in os.environ.get("REQUIRE_SANDBOX", "").split(",")


@pytest.fixture
def make(backend_name):
    """A function: driver folder -> backend, or a skip that says why."""

    def made(driver=STUB):
        try:
            return BACKENDS[backend_name](driver)
        except SandboxError as error:
            if must_work(backend_name):
                raise
            pytest.skip(f"{backend_name}: {error}")

    return made


@pytest.fixture
def backend(make):
    return make()


class Inside:
    """A session whose driver executes what it is told."""

    def __init__(self, session):
        self.session = session

    def start(self, code, **values):
        """Hand over code; names in `values` are defined before it."""
        head = "".join(f"{name} = {value!r}\n" for name, value in values.items())
        self.session.send(json.dumps({"run": head + textwrap.dedent(code)}).encode() + b"\n")

    def run(self, code, *, wall=PATIENCE, cpu=PATIENCE, **values):
        """What `result` was at the end of the code; an ending or an exception inside fails the test."""
        answer = self.answer(code, wall=wall, cpu=cpu, **values)
        assert not isinstance(answer, Ending), f"{answer}: {getattr(self.session, 'stderr', b'')!r}"
        assert "raised" not in answer, answer["traceback"]
        return answer["result"]

    def answer(self, code, *, wall=PATIENCE, cpu=PATIENCE, **values):
        """The driver's answer, or how the session ended."""
        self.start(code, **values)
        line = self.session.receive(wall=wall, cpu=cpu)
        return line if isinstance(line, Ending) else json.loads(line)


@pytest.fixture
def inside(backend):
    """A function: limits to change -> an open session of the backend; closed at the end of the test."""
    opened = []

    def opens(packages=(), **limits):
        session = backend.open(SandboxSpec(replace(SMALL, **limits), packages))
        opened.append(session)
        return Inside(session)

    yield opens
    for session in opened:
        session.close()
