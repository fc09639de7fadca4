"""git's cage: what it is told, what it may cost."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path

import pytest

from grader.errors import InfrastructureError
from grader.intake import git
from grader.intake.git import Caps

SMALL = Caps(wall=60, output=1000)


def run(tmp_path: Path, *arguments: str, **options):
    options = {"environment": git.environment(tmp_path, ()), "caps": SMALL} | options
    return git.run(arguments, **options)


def test_the_environment_is_ours_alone(tmp_path, monkeypatch):
    """Nothing is inherited; no configuration of system or person is read; no prompt, no network protocol by itself."""
    monkeypatch.setenv("SECRET", "5ecret")
    env = git.environment(tmp_path, [])
    assert "5ecret" not in str(env)
    assert env["HOME"] == env["XDG_CONFIG_HOME"] == str(tmp_path)
    assert env["GIT_CONFIG_GLOBAL"] == env["GIT_CONFIG_SYSTEM"] == os.devnull
    for name, value in {
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1", "GIT_LFS_SKIP_SMUDGE": "1", "GIT_ASKPASS": "false", "GIT_ALLOW_PROTOCOL": "none",
    }.items():  # fmt: skip
        assert env[name] == value
    assert git.environment(tmp_path, ["https"])["GIT_ALLOW_PROTOCOL"] == "https"


def test_what_git_sees_is_that_environment(tmp_path, monkeypatch):
    """Shown by a program that git starts: our own variables are not there, and core files are off."""
    monkeypatch.setenv("SECRET", "5ecret")
    seen = run(tmp_path, "-c", "alias.look=!env; ulimit -c", "look", caps=Caps(wall=60))
    assert b"5ecret" not in seen.out
    assert b"GIT_TERMINAL_PROMPT=0" in seen.out
    assert seen.out.endswith(b"\n0\n")


def test_every_setting_is_given(tmp_path):
    """git reports exactly the settings of the table, from the command line, and none from any file."""
    listing = run(tmp_path, "config", "--show-origin", "--list").out.decode().splitlines()
    assert {line.partition("\t")[0] for line in listing} == {"command line:"}
    assert {line.partition("\t")[2].lower() for line in listing} == {
        f"{k}={v}".lower() for k, v in git.SETTINGS.items()
    }


def test_output_is_cut_while_reading(tmp_path):
    """A command that prints without end is ended at the cap; its message is kept to the end of 64 kB."""
    assert run(tmp_path, "-c", "alias.flood=!yes", "flood").cut == "output"
    assert len(run(tmp_path, "-c", "alias.flood=!yes 1>&2 & sleep 0.2; kill $!", "flood").err) <= 65536


def test_caps_end_a_command(tmp_path):
    """Time, size and a stop from outside each end a command that would run for ever, with all it started."""
    forever = ("-c", "alias.wait=!sleep 600 & sleep 600", "wait")
    assert run(tmp_path, *forever, size=lambda: SMALL.mirror + 1).cut == "size"
    assert run(tmp_path, *forever, caps=Caps(wall=0.3)).cut == "wall"
    stop = threading.Event()
    stop.set()
    assert run(tmp_path, *forever, stop=stop).cut == "stopped"
    deadline = time.monotonic() + 60
    while any("sleep" in line and str(tmp_path) in line for line in _processes()):
        assert time.monotonic() < deadline, "something was left running"
        time.sleep(0.02)


def _processes() -> list[str]:
    """Working folder and name of every process that may be looked at."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.append(f"{(process / 'cwd').readlink()} {(process / 'comm').read_text()}")
    return found


@pytest.mark.parametrize(
    "line",
    [
        "remote: Enumerating objects: 5000001, done.",
        "remote: Counting objects:   1% (1/5000001)",
        "Receiving objects:  12% (9/5000001)",
    ],
)
def test_announced_objects_are_counted(tmp_path, line):
    """However the remote announces too many objects, the command ends there."""
    assert run(tmp_path, "-c", f"alias.say=!echo '{line}' >&2; sleep 600", "say").cut == "objects"
    few = line.replace("5000001", "12")
    assert run(tmp_path, "-c", f"alias.say=!echo '{few}' >&2", "say").cut == ""


def test_headers_are_read_and_not_kept(tmp_path):
    """Status lines and the three headers we need come from git's trace; nothing of the trace is in the message."""
    trace = (
        "03:11:50.1 http.c:725 == Info: Connected\n"
        "03:11:50.1 http.c:684 => Send header: Authorization: Basic <redacted>\n"
        "03:11:50.1 http.c:684 <= Recv header: HTTP/1.1 401 Unauthorized\n"
        "03:11:50.1 http.c:684 <= Recv header: Location: /old\n"
        "03:11:50.1 http.c:684 <= Recv header: HTTP/2 429\n"
        "03:11:50.1 http.c:684 <= Recv header: Retry-After: 7\n"
        "03:11:50.1 http.c:684 <= Recv header: Set-Cookie: a=b\n"
        "fatal: broken\n"
    )
    (tmp_path / "trace").write_text(trace)
    result = run(tmp_path, "-c", f"alias.say=!cat {tmp_path}/trace >&2; exit 3", "say")
    assert (result.code, result.err) == (3, "fatal: broken\n")
    assert result.statuses == (401, 429)
    assert result.headers == {"retry-after": "7"}


def test_a_machine_without_git(tmp_path, monkeypatch):
    """No git: infrastructure, and what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InfrastructureError, match="not installed"):
        run(tmp_path, "version")
