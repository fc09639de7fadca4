"""The Docker Engine of the tests: one that answers and has the image, or a skip that says why (a failure where it is required)."""

import functools
import os

import pytest

from grader.errors import SandboxError


@functools.cache
def engine():
    """One connection for all tests: a forgotten one that is collected in the middle of another test looks like a trace."""
    from grader.containers.docker_engine import Engine

    return Engine()


def docker(driver):
    """The backend with another driver; raises SandboxError where it cannot work."""
    from grader.containers.docker import DockerBackend

    backend = DockerBackend(engine(), driver=driver)
    backend.python()
    return backend


def docker_or_skip(driver=None):
    """The same; without Docker a skip, unless REQUIRE_SANDBOX names it, as .ci/run does."""
    try:
        return docker(driver)
    except SandboxError as error:
        if "docker" in os.environ.get("REQUIRE_SANDBOX", "").split(","):
            raise
        pytest.skip(f"docker: {error}")
