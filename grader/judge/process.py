"""The worker's end of one judge process: starts it with an empty environment, hands it submissions, answers what it asks."""

from __future__ import annotations

import contextlib
import functools
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil

from grader.errors import InfrastructureError
from grader.judge.confined import ENVIRONMENT, command
from grader.language import say
from grader.orphans import become_reaper, end_group
from sandbox.protocol import dump_line, load_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PATIENCE = 120.0  # seconds a judge may think between two messages: an instructor's loop must not hold a worker for ever


PREFIX = "grader-judge-"  # then the process that made it


@functools.cache
def sweep() -> None:
    """Once per process: remove the folders of those who were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


class JudgeProcess:
    """One judge process. `grade` is called for one submission after another."""

    def __init__(self, tests: Mapping[str, bytes]) -> None:
        sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        for name, data in tests.items():
            (self.folder / name).write_bytes(data)
        become_reaper()
        self.process = subprocess.Popen(
            command(self.folder),
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
            start_new_session=True,
        )
        try:
            self.ready: Mapping[str, Any] = self._read()["ready"]
        except InfrastructureError:
            self.close()
            raise

    def grade(
        self, order: Mapping[str, Any], answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """The judge's last message about one submission. Raises InfrastructureError when the judge breaks."""
        self._write({"grade": dict(order)})
        while True:
            message = self._read()
            if "ask" in message:
                self._write({"answer": answer(message["ask"])})
            elif "records" in message:
                return message
            else:
                raise InfrastructureError(say("The judge broke: {text}", text=str(message.get("broken"))))

    def _write(self, message: Mapping[str, Any]) -> None:
        line = dump_line(dict(message))
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(b"%08x" % len(line) + line)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise InfrastructureError(say("The judge ended unexpectedly.")) from None

    def _read(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        length = self._exactly(8, deadline)
        return load_line(self._exactly(int(length, 16), deadline))

    def _exactly(self, count: int, deadline: float) -> bytes:
        assert self.process.stdout is not None
        fd, data = self.process.stdout.fileno(), b""
        while len(data) < count:
            ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
            more = os.read(fd, count - len(data)) if ready else b""
            if not more:
                raise InfrastructureError(
                    say("The judge ended unexpectedly.") if ready else say("The judge did not answer in time.")
                )
            data += more
        return data

    def close(self) -> None:
        """End the process and what it forked; safe to call twice."""
        end_group(self.process)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # what it never read is flushed here
                    pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
