"""A session with a process of this machine: three pipes, one poll loop, a watchdog that looks at the tree from outside.

receive ── poll(stdout, stderr, stdin while something waits) ── every LOOK seconds ── Tree.sample ── over a limit? kill, Ending
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from typing import TYPE_CHECKING, Final, Self

from grader.containers.lines import Lines
from grader.containers.session import Ending, Usage
from grader.containers.watchdog import Rest, Sample, Tree
from grader.errors import SandboxError
from grader.language import say

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from types import TracebackType

    from grader.containers.cgroups import Group
    from grader.containers.session import Limits
    from grader.containers.tmpfs import Disk
    from grader.language import Message

LOOK: Final = 0.02  # seconds between two looks
CHUNK: Final = 2**18
STDERR_KEPT: Final = 2**16
HELLO_PATIENCE: Final = 30.0  # for a sandbox and its Python to start, on a busy machine
EXIT_PATIENCE: Final = 2.0  # from closed pipes to the end of the process
SIGNAL_BASE: Final = 128  # how bwrap, like a shell, says that its child died of a signal


class ProcessSession:
    """The interface of `grader.containers.session.Session` over a started process.

    `root` is the pid whose descendants are the sandbox; `kill` ends them all and reaps; `group` and `disk` count more exactly where they
    can be had. Of the tasks, `overhead` are ours; `is_capped` says that the kernel lets nobody have more than `limits.tasks` others.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        limits: Limits,
        *,
        root: int,
        kill: Callable[[ProcessSession], None],
        group: Group | None = None,
        disk: Disk | None = None,
        overhead: int = 0,
        is_capped: bool = True,
    ) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self.process = process
        self.limits = limits
        self.tree = Tree(root)
        self.group = group
        self.stderr = bytearray()  # the last of it
        self.hello = b""
        self._in, self._out, self._err = process.stdin, process.stdout, process.stderr
        self._kill, self._disk, self._overhead, self._is_capped = kill, disk, overhead, is_capped
        self._lines = Lines(limits.message)
        self._outbox = bytearray()
        self._ending: Ending | None = None
        self._stderr_bytes = 0
        self._is_out_open = self._is_err_open = True
        self._is_closed = False
        self._has_spoken = False  # before, it may still be mounting
        self._usage = Usage()
        self._hits: set[Ending] = set()
        for pipe in (self._in, self._out, self._err):
            os.set_blocking(pipe.fileno(), False)

    # What the interface asks for.

    def send(self, line: bytes) -> None:
        if self._ending is None:
            self._outbox += line
            self._write()

    def receive(self, *, wall: float, cpu: float) -> bytes | Ending:
        if self._ending is not None:
            return self._ending
        line = self._take()
        if line is not None:
            return line
        began = time.monotonic()
        deadline, next_look = began + wall, began + LOOK
        base: float | None = None
        rest = Rest()
        self._stderr_bytes = 0
        while True:
            now = time.monotonic()
            ending = rest.ending(now, deadline)
            if ending is not None:
                return self._end(ending)
            if now >= min(next_look, deadline):
                sample = self._look()
                base = sample.cpu if base is None else base
                over = self._over(sample, sample.cpu - base, cpu)
                if over is not None:
                    return self._end(over)
                pause = max(LOOK, 10 * self.tree.cost)
                if deadline - now <= Rest.SPAN:
                    rest.look(now, sample.cpu, is_asleep=self.tree.is_asleep())
                    pause = LOOK
                next_look = time.monotonic() + pause
            until = next_look if now >= deadline else min(next_look, deadline)
            self._wait(max(0.0, until - time.monotonic()))
            line = self._take()
            if line is not None:
                return line
            if self._lines.is_too_long:
                return self._end(Ending.PROTOCOL)
            if self._stderr_bytes > self.limits.output:
                return self._end(Ending.OUTPUT)
            if not self._is_out_open:
                return self._end(self._ended_by_itself())

    def usage(self) -> Usage:
        if not self._is_closed and self._ending is None:
            self._look()
        return self._usage

    def hits(self) -> frozenset[Ending]:
        if self.group is not None and not self._is_closed:
            self._hits |= self.group.hits()
        if self._disk is not None and self._disk.was_full():
            self._hits.add(Ending.DISK)
        hits, self._hits = frozenset(self._hits), set()
        return hits

    def close(self) -> Ending:
        if not self._is_closed:
            self._end(self._ending or Ending.OK)
            self._is_closed = True
            for pipe in (self._in, self._out, self._err):
                with contextlib.suppress(OSError):
                    pipe.close()
            if self._disk is not None:
                self._disk.close()
            if self.group is not None:
                self._hits |= self.group.hits()
                self.group.remove()
        return self._ending or Ending.OK

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_is_closed", True):
            self.close()

    # How it does it.

    def _take(self) -> bytes | None:
        line = self._lines.take()
        self._has_spoken = self._has_spoken or line is not None
        return line

    def _look(self) -> Sample:
        exact = self.group is not None and self.group.limits_memory()
        sample = self.tree.sample(None if exact else self.limits.memory)
        cpu, memory, tasks = sample.cpu, sample.memory, max(0, sample.tasks - self._overhead)
        if self._disk is not None and self._has_spoken:
            memory += self._disk.look()
        if self.group is not None:
            cpu = self.group.cpu() or cpu
            peak_memory, peak_tasks = self.group.peak()
            memory, tasks = peak_memory or memory, peak_tasks or tasks
        elif tasks >= self.limits.tasks:
            self._hits.add(Ending.PIDS)  # no kernel tells: being there is taken for having been stopped there
        before = self._usage
        self._usage = Usage(max(cpu, before.cpu), max(memory, before.memory), max(tasks, before.tasks))
        return Sample(cpu=cpu, memory=memory, tasks=tasks)

    def _over(self, sample: Sample, used: float, cpu: float) -> Ending | None:
        if used > cpu:
            return Ending.CPU
        if sample.memory > self.limits.memory and not (self.group is not None and self.group.limits_memory()):
            return Ending.MEMORY
        if self._disk is not None and self._disk.is_over(self.limits.disk):
            return Ending.DISK
        if not self._is_capped and sample.tasks > self.limits.tasks:
            return Ending.PIDS
        return None

    def _wait(self, seconds: float) -> None:
        poll = select.poll()
        if self._is_out_open:
            poll.register(self._out, select.POLLIN)
        if self._is_err_open:
            poll.register(self._err, select.POLLIN)
        if self._outbox:
            poll.register(self._in, select.POLLOUT)
        for file, _ in poll.poll(seconds * 1000):
            if file == self._out.fileno():
                data = self._read(file)
                self._is_out_open = data != b""
                self._lines.feed(data or b"")
            elif file == self._err.fileno():
                data = self._read(file)
                self._is_err_open = data != b""
                self._stderr_bytes += len(data or b"")
                self.stderr = (self.stderr + (data or b""))[-STDERR_KEPT:]
            else:
                self._write()

    @staticmethod
    def _read(file: int) -> bytes | None:
        """What is there; empty at the end, None if nothing yet."""
        try:
            return os.read(file, CHUNK)
        except BlockingIOError:
            return None

    def _write(self) -> None:
        try:
            while self._outbox:
                del self._outbox[: os.write(self._in.fileno(), self._outbox[:CHUNK])]
        except BlockingIOError:
            pass
        except OSError:  # it is gone; `receive` will see
            self._outbox.clear()

    def _ended_by_itself(self) -> Ending:
        """The driver closed its output: why."""
        deadline = time.monotonic() + EXIT_PATIENCE
        while (status := self.process.poll()) is None:
            if time.monotonic() > deadline:
                return Ending.PROTOCOL  # alive, but it does not want to talk
            self._wait(LOOK / 4) if self._is_err_open else time.sleep(LOOK / 4)
        hits = self.hits()
        self._hits |= hits
        if Ending.MEMORY in hits:
            return Ending.MEMORY
        return Ending.SIGNAL if status < 0 or status > SIGNAL_BASE else Ending.EXIT

    def _end(self, ending: Ending) -> Ending:
        if self._ending is None:
            with contextlib.suppress(OSError):
                self._look()
            self._ending = ending
            self._kill(self)
        return self._ending


def kill_and_reap(session: ProcessSession) -> None:
    """Kill the started process, then the one below it that it leaves to us: the first process of the sandbox, with all its descendants.

    We are their reaper (`orphans.become_reaper`), and the kernel lets the first process of a pid namespace be waited for only when all others in it
    are gone: after this nothing of the sandbox runs.
    """
    session.process.kill()
    session.process.wait()
    if session.tree.root != session.process.pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(session.tree.root, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(session.tree.root, 0)


def said_hello(
    session: ProcessSession, patience: float, remedy: Callable[[str], Message | None] | None = None
) -> ProcessSession:
    """The session, once its driver has spoken. Raises SandboxError with what it said instead, and a remedy for that; then it is closed."""
    try:
        hello = session.receive(wall=patience, cpu=patience)
    except BaseException:
        session.close()
        raise
    if not isinstance(hello, Ending):
        session.hello = hello
        return session
    session.close()
    text = bytes(session.stderr[-2000:]).decode(errors="replace").strip()
    message = say("The sandbox did not start ({ending}): {text}", ending=hello.value, text=text)
    raise SandboxError(message, remedy=remedy(text) if remedy else None)
