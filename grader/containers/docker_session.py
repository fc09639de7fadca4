"""One attached container: lines in, lines out, the clock, and the question how it ended.

The clock is ours. At a limit the container is killed and then asked how it had been; only then does the session say how it ended.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from grader.containers import docker_reaper
from grader.containers.docker_engine import EngineError
from grader.containers.docker_stream import StreamError
from grader.containers.session import Ending
from grader.containers.watchdog import Rest
from grader.language import Message, say

if TYPE_CHECKING:
    from types import TracebackType

    from grader.containers.docker_engine import Engine
    from grader.containers.docker_meter import Meter
    from grader.containers.docker_stream import AttachedStream
    from grader.containers.session import Limits, Usage
    from grader.containers.tmpfs import Disk

DEATH_SECONDS = 5.0  # from the end of the stream to "not running"
SIGNALLED = 128  # init passes a signal on as 128 + its number


class DockerSession:
    """One container, attached. Single-threaded use; always closed."""

    def __init__(
        self,
        engine: Engine,
        container: str,
        stream: AttachedStream,
        limits: Limits,
        *,
        meter: Meter,
        disk: Disk | None = None,
    ) -> None:
        self._engine = engine
        self._container = container
        self._stream = stream
        self._meter = meter
        self._limits = limits
        self._disk = disk
        self._ending: Ending | None = None
        self._hits: frozenset[Ending] = frozenset()
        self._is_closed = False
        self.problem: Message | None = None  # what the Engine said, where the ending is `infra`

    def send(self, line: bytes) -> None:
        if self._ending is None and not self._is_closed:
            self._stream.send(line)

    def receive(self, *, wall: float, cpu: float) -> bytes | Ending:
        """The driver's next line, or why none came. Sending what is still queued counts as waiting."""
        started = time.monotonic()
        self._stream.stderr_bytes = 0
        before: float | None = None  # CPU at the first reading of this call: what an earlier run used is not this one's
        next_look, deadline = started, started + wall
        rest = Rest()
        while self._ending is None:
            line = self._stream.lines.take()
            if line is not None:
                return line
            now = time.monotonic()
            if self._stream.lines.is_too_long:
                return self._end(Ending.PROTOCOL)
            if self._stream.stderr_bytes > self._limits.output:
                return self._end(Ending.OUTPUT)
            if self._stream.is_closed:
                return self._end(self._died())
            if now >= next_look:
                reading = self._meter.read()
                if before is None and reading.at >= started:
                    before = reading.usage.cpu
                used = 0.0 if before is None else reading.usage.cpu - before
                if used >= cpu:
                    return self._end(Ending.CPU)
                if self._disk is not None and self._disk.look() and self._disk.is_over(self._limits.disk):
                    return self._end(Ending.DISK)
                if deadline - now <= Rest.SPAN:
                    rest.look(now, used, is_asleep=not self._meter.is_running())
                next_look = time.monotonic() + self._meter.poll
            ending = rest.ending(now, deadline)
            if ending is not None:
                return self._end(ending)
            try:
                self._stream.wait((next_look if now >= deadline else min(next_look, deadline)) - time.monotonic())
            except StreamError:
                return self._end(Ending.INFRA, say("The stream from Docker makes no sense."))
        return self._ending

    def usage(self) -> Usage:
        return self._meter.read().usage

    def hits(self) -> frozenset[Ending]:
        if self._disk is not None and self._disk.was_full():
            self._hits |= {Ending.DISK}
        found, self._hits = self._hits | self._meter.hits(), frozenset()
        return found

    def close(self) -> Ending:
        """Kills and removes the container. A container that cannot be removed is `infra`, and the reaper's."""
        if not self._is_closed:
            self._is_closed = True
            self._ending = self._ending or Ending.OK
            self._stream.close()
            if self._disk is not None:
                self._disk.close()
            if not docker_reaper.remove(self._engine, self._container):
                self.problem = self.problem or say("Docker did not remove a container.")
                self._ending = Ending.INFRA if self._ending is Ending.OK else self._ending
        return self._ending or Ending.OK

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def last_words(self) -> str:
        """The end of what the driver wrote to stderr."""
        return self._stream.stderr.decode("utf-8", "replace")

    def _end(self, ending: Ending, problem: Message | None = None) -> Ending:
        """Kills the tree, then looks what the kernel had done to it: the memory killer may be why nothing came."""
        self._meter.read()
        hits = self._meter.hits()
        self._hits |= hits
        self._stream.close()  # an Engine counts a container as running while somebody attached has not read all its output
        try:
            state = self._kill()
        except EngineError as error:
            ending, problem, state = Ending.INFRA, error.message, {}
        if ending in (Ending.WALL, Ending.IDLE, Ending.EXIT, Ending.SIGNAL) and (
            Ending.MEMORY in hits or (ending not in (Ending.WALL, Ending.IDLE) and state.get("OOMKilled"))
        ):
            ending = Ending.MEMORY
            self._hits |= {Ending.MEMORY}
        self.problem = problem
        self._ending = ending
        return ending

    def _kill(self) -> dict[str, Any]:
        """Makes sure that nothing runs any more; returns the container's last state."""
        state = self._state()
        if state["Running"]:
            try:
                self._engine.call(say("kill a container"), lambda c: c.kill(self._container, "SIGKILL"))
            except EngineError as error:
                if error.status not in docker_reaper.GONE:  # it ended by itself meanwhile
                    raise
            state = self._wait_for_death()
        return state

    def _wait_for_death(self) -> dict[str, Any]:
        deadline = time.monotonic() + DEATH_SECONDS
        state = self._state()
        while state["Running"] and time.monotonic() < deadline:
            time.sleep(0.02)
            state = self._state()
        if state["Running"]:
            raise EngineError(say("A container could not be killed."))
        return state

    def _died(self) -> Ending:
        """How a container whose stream ended came to its end."""
        try:
            state = self._wait_for_death()
        except EngineError:
            return Ending.INFRA  # it lives, so the connection broke, or the Engine is gone
        if state.get("Error"):
            return Ending.INFRA
        return Ending.SIGNAL if state["ExitCode"] > SIGNALLED else Ending.EXIT

    def _state(self) -> dict[str, Any]:
        found = self._engine.call(say("look at a container"), lambda c: c.inspect_container(self._container))
        state: dict[str, Any] = found["State"]
        return state
