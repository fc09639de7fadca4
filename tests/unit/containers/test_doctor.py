"""What the doctor makes of what its probes saw."""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from grader.containers import doctor
from grader.containers.session import Ending, Enforcement
from tests.judging import sandbox


class Seen:
    """A backend in which every probe sees the same, or ends its session."""

    name = "seen"

    def __init__(self, found):
        line = found if isinstance(found, Ending) else json.dumps({"found": found}).encode()
        self.session = SimpleNamespace(send=lambda _: None, receive=lambda **_: line)

    def for_probes(self, _):
        return self

    @contextmanager
    def open(self, _):
        yield self.session


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ({"bytes": doctor.LIMITS.disk, "arrays": 200, "start": "fork"}, Enforcement.ENFORCED),
        ({"bytes": doctor.LIMITS.disk // 2, "arrays": 200, "start": "fork"}, Enforcement.NONE),
        ({"bytes": doctor.LIMITS.disk, "arrays": 0, "start": "fork"}, Enforcement.NONE),
        (Ending.EXIT, Enforcement.NONE),
    ],
    ids=["enough", "too little", "none could be made", "the probe died of it"],
)
def test_too_little_shared_memory_is_a_finding(found, holds):
    """A small or closed /dev/shm is found before any student meets it, and does not end the examination."""
    (finding,) = doctor.measure(Seen(found), (doctor._shm,))
    assert (finding.limit, finding.enforcement) == ("shared memory", holds)
    assert "None" not in finding.seen.render("en")


@pytest.mark.bubblewrap
def test_shared_memory_of_a_real_sandbox_is_enough():
    """200 shared arrays are made in a sandbox, and the start method of processes is named."""
    backend = sandbox()
    (finding,) = doctor.measure(backend, (doctor._shm,))
    assert finding.enforcement is Enforcement.ENFORCED
    assert "fork" in finding.seen.render("en")
