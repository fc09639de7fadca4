"""One suite for all backends: add yours to BACKENDS and every test here holds it to the interface.

A maker takes the folder that stands at /sandbox (a `driver.py` in it is the driver) and raises SandboxError where the backend cannot work here.
"""

from dataclasses import replace

import pytest

from grader.containers.bubblewrap import Bubblewrap
from grader.containers.local import Local
from grader.containers.session import SandboxSpec
from grader.errors import SandboxError
from tests.engine import docker
from tests.inside import SMALL, STUB, Inside, keep_mounts_private, must_work

BACKENDS = {
    "bubblewrap": Bubblewrap,
    "local": Local,
    "docker": docker,
}
ISOLATED = [name for name in BACKENDS if name != "local"]


def pytest_generate_tests(metafunc):
    if "backend_name" in metafunc.fixturenames:
        names = ISOLATED if metafunc.definition.get_closest_marker("isolated") else list(BACKENDS)
        marks = {"docker": [pytest.mark.docker], "bubblewrap": [pytest.mark.bubblewrap]}
        metafunc.parametrize("backend_name", [pytest.param(name, marks=marks.get(name, ())) for name in names])


def pytest_configure(config):
    config.addinivalue_line("markers", "isolated: holds for sandboxes, not for the local backend")


@pytest.fixture(scope="session", autouse=True)
def private_mounts():
    """Probes that try to mount never run where it would matter."""
    keep_mounts_private()


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
