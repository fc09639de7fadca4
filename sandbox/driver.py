"""The process the judge talks to. It never imports student code: each run is a fresh child with a pipe of its own.

Conversation, one JSON object a line (protocol.py):
    out  {"hello": {"python": "3.11.2"}}
    in   {"id", "load": {...}}      the snapshot, the scenarios, the files to lay down   -> out {"id", "loaded": true}
    in   {"id", "run": {...}}       one run, in a fresh child                            -> out {"id", "ran": {...}}
`ran` is {ended: exit|signal|output|silent, code, report (the child's line, unread) | null, lines (how many it sent), stdout, stderr,
truncated, left (processes still alive at its end), cpu (milliseconds)}. The child's line is passed on unread: only the judge's strict reader opens it.

The driver makes itself undumpable before the first child exists, so that no child can reach it through /proc; it refuses uid 0.
Between runs it kills everything but itself, where it has a pid namespace of its own.
"""

from __future__ import annotations

import _thread
import base64
import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
import traceback

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(_HERE))
from sandbox import child, protocol  # noqa: E402

sys.path.remove(os.path.dirname(_HERE))

PR_SET_DUMPABLE = 4
NONCE_BYTES = 16
MOST_REPORT = protocol.MAX_LINE // 4  # bytes: as text inside a reply it may double, and the output comes beside it
LEAST_SCRIPT_PID = 1000
FORK_TRIES, FORK_PAUSE = 200, 0.01  # seconds between tries
LEFT_TRIES = 100
leave = os._exit  # student code may patch the module
MOST_FLAGS = 20  # one is enough for a person to look


def main() -> None:
    alone = "--own-pid-namespace" in sys.argv and os.getpid() < 32  # never kill(-1) on a machine we share
    shared_machine = "--shared-machine" in sys.argv
    if os.getuid() == 0 and not shared_machine:
        sys.exit("driver: refuses to run as root")
    set_dumpable(False)
    os.environ.clear()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    requests, replies = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)
    with os.fdopen(requests, "rb") as source, os.fdopen(replies, "wb") as sink:
        driver = Driver(channel=(source.fileno(), sink.fileno()), alone=alone)
        send(sink, {"hello": {"python": ".".join(map(str, sys.version_info[:3])), "pid": os.getpid()}})
        for line in iter(lambda: source.readline(protocol.MAX_LINE * 8), b""):
            request = json.loads(line)
            if "load" in request:
                driver.load(request["load"])
                send(sink, {"id": request["id"], "loaded": True})
            else:
                send(sink, {"id": request["id"], "ran": driver.run(request["run"])})


def send(sink: object, message: dict[str, object]) -> None:
    sink.write(protocol.dump_line(message))  # type: ignore[attr-defined]
    sink.flush()  # type: ignore[attr-defined]


def private_folder() -> str:
    """A folder of our own where there is no /w: on one's own machine."""
    path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"grader-{os.getpid()}-{os.urandom(4).hex()}")
    os.mkdir(path, 0o700)
    return path


def raise_pids() -> None:
    """Lets process ids of this pid namespace grow beyond 1,000, so that one in a script's output is not taken for any small number."""
    if os.fork() == 0:
        try:
            while True:
                pid = os.fork()
                if pid == 0:
                    os._exit(0)
                os.waitpid(pid, 0)
                if pid > LEAST_SCRIPT_PID:
                    os._exit(0)
                burn_ids()
        finally:
            os._exit(0)
    os.wait()


def burn_ids() -> None:
    done = _thread.allocate_lock()
    for _ in range(50):
        done.acquire()
        _thread.start_new_thread(done.release, ())
        done.acquire()
        done.release()


def set_dumpable(value: bool) -> None:
    """Whether same-uid processes may look into this one through /proc and ptrace. Linux only; elsewhere nothing to close."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, int(value), 0, 0, 0)


class Driver:
    """Holds the loaded submission; starts, watches and cleans up after one run at a time."""

    def __init__(self, channel: tuple[int, int], *, alone: bool) -> None:
        self.channel = channel
        self.alone = alone
        self.raised = False  # whether process ids were raised
        self.submission: child.Submission | None = None
        self.base = "/w" if os.path.isdir("/w") and os.access("/w", os.W_OK) else private_folder()

    def load(self, load: dict[str, object]) -> None:
        self.submission = child.Submission(load)
        self.flags: list[dict[str, object]] | None = None  # once something is explored

    def run(self, request: dict[str, object]) -> dict[str, object]:
        """One run in a fresh child in a fresh folder; returns the `ran` object."""
        is_exploration = str(request["kind"]).startswith("explore ")
        if is_exploration:
            prepare()
            if self.flags is None:
                self.flags = flags(self.submission)
        if request["kind"] == "script" and self.alone and not self.raised:
            raise_pids()
            self.raised = True
        folder = os.path.join(self.base, "run")
        os.makedirs(folder)
        nonce = os.urandom(NONCE_BYTES).hex()
        report_in, report_out = os.pipe()
        stdout_in, stdout_out = os.pipe()
        stderr_in, stderr_out = os.pipe()
        pid = fork()
        if pid == 0:
            self._become_child(request, folder, nonce, {1: stdout_out, 2: stderr_out}, report_out)
        for fd in (report_out, stdout_out, stderr_out):
            os.close(fd)
        reader = Reader(report_in, stdout_in, stderr_in, int(str(request["output"])))
        ended, code = reader.follow(pid)
        left = self._clean(pid)
        reader.drain()
        reader.close()
        self._empty()
        report, lines = open_report(reader.report, nonce)
        return {
            "ended": ended,
            "code": code,
            "report": report,
            "lines": lines,
            "stdout": base64.b64encode(reader.stdout).decode("ascii"),
            "stderr": base64.b64encode(reader.stderr).decode("ascii"),
            "truncated": reader.truncated,
            "left": left,
            "cpu": reader.cpu,
            "flags": self.flags or [],
            "follows": report is None or not is_exploration or follows_seed(int(str(request["seed"])), report),
        }

    def _become_child(
        self, request: dict[str, object], folder: str, nonce: str, streams: dict[int, int], report: int
    ) -> None:
        status = 70
        try:
            os.setsid()
            for fd in self.channel:
                os.close(fd)
            for number, fd in streams.items():
                os.dup2(fd, number)
            _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            os.dup2(report, 3)
            os.closerange(4, min(hard, 4096) if hard > 0 else 4096)
            seconds = int(str(request["cpu"]))
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            if not str(request["kind"]).startswith(
                "explore "
            ):  # there nobody but the reporter may know the nonce in its memory
                set_dumpable(True)
            assert self.submission is not None
            os.chdir(folder)
            status = child.main(self.submission, request, child.Report(3, nonce))
        except BaseException as error:
            text = "".join(traceback.format_exception(error))[-2000:]
            child.Report(3, nonce).send({"outcome": "broken", "text": text})
        finally:
            leave(status)

    def _clean(self, pid: int) -> int:
        """Ends what the run left; returns how many processes that were."""
        if self.alone:
            for _ in range(LEFT_TRIES):  # a helper of multiprocessing ends a moment after whom it helped
                left = sum(1 for name in os.listdir("/proc") if name.isdigit() and is_other(int(name), pid))
                if not left:
                    break
                time.sleep(FORK_PAUSE)
            try:
                os.kill(-1, signal.SIGKILL)
                await_nobody()
            except ProcessLookupError:
                pass
        else:
            left = 0
            try:
                os.killpg(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        while True:  # children that were orphaned to us, if any
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    break
            except ChildProcessError:
                break
        return left

    def _empty(self) -> None:
        """Removes what the run wrote, everywhere it could write."""
        for place in (self.base, *(("/tmp", "/dev/shm") if self.alone else ())):
            if os.stat(place).st_uid == os.getuid():
                os.chmod(place, 0o1777)  # the run may have closed it
            try:
                empty(place)
            except OSError:  # on a machine that is shared, somebody may still be writing
                if self.alone:
                    raise


def prepare() -> None:
    """Load the scheduler here, where no student code ever runs, instead of in every child."""
    sys.path[:0] = [child.BASE, os.path.dirname(_HERE)]
    try:
        from sandbox import exploring  # noqa: PLC0415 - only where something is explored

        exploring.prepare()
    except ImportError:
        pass  # the child will say so
    finally:
        del sys.path[:2]


def follows_seed(seed: int, report: str) -> bool:
    """Whether the choices that a child reported are those its seed makes, here, where no student code ever ran. Other faults are the judge's to see."""
    from sandbox.scheduler.strategies.audit import follows  # noqa: PLC0415 - only where something is explored

    try:
        found = protocol.load_line(report)["explored"]
        picks, runs = found["picks"], found["runs"]
    except (KeyError, TypeError, protocol.ProtocolError):
        return True  # no report of choices
    try:
        return follows(seed, runs, picks)
    except (TypeError, ValueError):
        return False


def flags(submission: child.Submission | None) -> list[dict[str, object]]:
    """What in the student's files could reach into the scheduler. Read here, before any of it runs."""
    import ast  # noqa: PLC0415 - only where something is explored

    from sandbox.rewrite.flags import flags_of  # noqa: PLC0415

    assert submission is not None
    source = child.Source(submission)
    own = {name.removesuffix(".py").partition("/")[0] for name in submission.files} - {"scenarios"} | {"stage"}
    found: list[dict[str, object]] = []
    for file in sorted(submission.files):
        if file.endswith(".py"):
            try:
                tree = ast.parse(source.decode(submission.files[file]))
                found += [
                    {"file": file, "name": name, "line": line}
                    for name, line in flags_of(tree, own, submission.packages)
                ]
            except (SyntaxError, ValueError):
                continue  # nothing of it can run
            except (RecursionError, MemoryError) as error:  # it could, with another limit
                found.append({"file": file, "name": type(error).__name__, "line": 1})
    return found[:MOST_FLAGS]


def fork() -> int:
    """As `os.fork`; what the last run left is killed, but may count a moment longer."""
    for _ in range(FORK_TRIES):
        try:
            return os.fork()
        except BlockingIOError:
            time.sleep(FORK_PAUSE)
    return os.fork()


def await_nobody() -> None:
    """Until the first process of this namespace has reaped what was killed: the dead still count, and can be seen."""
    for _ in range(FORK_TRIES):
        if not any(name.isdigit() and int(name) not in (1, os.getpid()) for name in os.listdir("/proc")):
            break
        time.sleep(FORK_PAUSE)


def is_other(pid: int, child_pid: int) -> bool:
    """Whether `pid` is alive and neither init, the driver nor the child that just ended."""
    if pid in (1, os.getpid(), child_pid):
        return False
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def empty(place: str) -> None:
    """Removes everything in a folder, however deep, closed or strangely named: folders are first moved up, so that no path grows long."""
    top, folders = os.fsencode(place), [os.fsencode(place)]
    mark, moved = os.urandom(8).hex().encode(), 0
    while folders:
        folder = folders.pop()
        for entry in list(os.scandir(folder)):
            if entry.is_dir(follow_symlinks=False):
                os.chmod(entry.path, 0o700)
                moved += 1
                up = os.path.join(top, b".%s-%d" % (mark, moved))
                os.rename(entry.path, up)
                folders.append(up)
            else:
                os.unlink(entry.path)
        if folder != top:
            os.rmdir(folder)


def open_report(raw: bytes, nonce: str) -> tuple[str | None, int]:
    """The one line the child's own reporter wrote, as text, and how many lines there were in all.

    A line without this run's nonce, a second line or a cut line is what no honest child sends: the count says so, the judge decides.
    """
    lines = raw.split(b"\n")
    count = len(lines) - 1 + bool(lines[-1])
    mark = nonce.encode() + b" "
    if count == 1 and lines[0].startswith(mark) and not lines[-1]:
        return lines[0][len(mark) :].decode("utf-8", "replace"), 1
    return None, count


class Reader:
    """Reads the child's three pipes at once, counts while reading, and kills the child at the cap."""

    def __init__(self, report: int, stdout: int, stderr: int, cap: int) -> None:
        self.fds = {report: "report", stdout: "stdout", stderr: "stderr"}
        self.open = set(self.fds)
        self.cap = cap
        self.report = self.stdout = self.stderr = b""
        self.truncated = False
        self.cpu = 0  # milliseconds of the child and of those it waited for
        for fd in self.fds:
            os.set_blocking(fd, False)

    def follow(self, pid: int) -> tuple[str, int]:
        """Until the child is gone: how it ended and its exit code or signal."""
        watch = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        try:
            while True:
                ready, _, _ = select.select(
                    [*self.open, *([watch] if watch is not None else [])], [], [], None if watch else 0.02
                )
                for fd in ready:
                    if fd != watch:
                        self._take(fd)
                if self.truncated:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                    return "output", 0
                if watch is None or watch in ready:
                    done, status, usage = os.wait4(pid, os.WNOHANG)
                    if done:
                        self.cpu = int((usage.ru_utime + usage.ru_stime) * 1000)
                        code = os.waitstatus_to_exitcode(status)
                        return ("exit", code) if code >= 0 else ("signal", -code)
        finally:
            if watch is not None:
                os.close(watch)

    def drain(self) -> None:
        """What is still in the pipes after everybody who could write is dead."""
        while not self.truncated and any(self._take(fd) for fd in sorted(self.open)):
            pass

    def _take(self, fd: int) -> bool:
        try:
            data = os.read(fd, 65536)
        except BlockingIOError:
            return False
        if not data:
            self.open.discard(fd)
            return False
        name = self.fds[fd]
        if name == "report":
            self.report += data
            self.truncated = self.truncated or len(self.report) > MOST_REPORT
        else:
            room = self.cap - len(self.stdout) - len(self.stderr)
            setattr(self, name, getattr(self, name) + data[: max(room, 0)])
            self.truncated = self.truncated or len(data) > room
        return True

    def close(self) -> None:
        for fd in self.fds:
            os.close(fd)


if __name__ == "__main__":
    main()
