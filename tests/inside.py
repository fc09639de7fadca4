"""Small programs run inside a sandbox, by a driver that executes what it is told."""

import ctypes
import json
import os
import textwrap
from pathlib import Path

from grader.containers.session import Ending, Limits

STUB = Path(__file__).parent / "contract" / "containers" / "stub"
CLONE_NEWNS, MS_REC_PRIVATE = 0x00020000, 0x44000
PATIENCE = 60.0  # seconds for what must not need them
SMALL = Limits(wall=10.0, cpu=5.0)


def must_work(name):
    """Whether a missing backend is a failure here: REQUIRE_SANDBOX=docker,bubblewrap in the environment, as .ci/run sets it."""
    return name in os.environ.get("REQUIRE_SANDBOX", "").split(",")


def keep_mounts_private():
    """As root, this process gets mounts of its own: whatever a broken sandbox let a probe mount, the machine would not see it."""
    if os.name == "posix" and os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        if libc.unshare(CLONE_NEWNS) == 0:
            libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None)


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
