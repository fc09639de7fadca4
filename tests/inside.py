"""Small programs run inside a sandbox, by a driver that executes what it is told."""

import json
import os
import textwrap
from pathlib import Path

from grader.containers.session import Ending, Limits

STUB = Path(__file__).parent / "contract" / "containers" / "stub"
PATIENCE = 60.0  # seconds for what must not need them
SMALL = Limits(wall=10.0, cpu=5.0)


def must_work(name):
    """Whether a missing backend is a failure here: REQUIRE_SANDBOX=docker,bubblewrap in the environment, as .ci/run sets it."""
    return name in os.environ.get("REQUIRE_SANDBOX", "").split(",")


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
