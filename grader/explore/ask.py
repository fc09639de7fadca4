"""Hands a file with its siblings to the scheduler, in a sandbox or in this process."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.containers.session import Ending, Limits, SandboxSpec
from grader.errors import InfrastructureError, UsageError
from grader.language import say
from sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.containers.session import Backend

MOST_FILES, MOST_BYTES = 200, 2**22
LIMITS = Limits(wall=120.0, cpu=60.0, memory=1024 * 2**20)
ENDED = {
    Ending.MEMORY: "memory", Ending.OUTPUT: "output", Ending.DISK: "limit", Ending.PIDS: "limit", Ending.CPU: "timeout",
    Ending.IDLE: "timeout", Ending.PROTOCOL: "review",
}  # fmt: skip


def folder_of(file: Path) -> dict[str, bytes]:
    """The file and every Python file below its folder, by path from there. Raises UsageError."""
    if not file.is_file():
        raise UsageError(say("There is no file {path}.", path=file))
    files = {file.name: file.read_bytes()}
    for path in sorted(file.parent.rglob("*.py")):
        name = path.relative_to(file.parent)
        if not any(part.startswith(".") for part in name.parts) and path.is_file():
            files[name.as_posix()] = path.read_bytes()
        if len(files) > MOST_FILES or sum(map(len, files.values())) > MOST_BYTES:
            return {file.name: files[file.name]}  # no folder of one exercise: the file by itself
    return files


def ask(files: Mapping[str, bytes], request: Mapping[str, Any], backend: Backend | None) -> dict[str, Any]:
    """The scheduler's report, or `{"verdict": ...}` where the program ended the run that explored it. Raises InfrastructureError."""
    if backend is None:
        return _here(files, request)
    from grader.judge.relay import Relay, load_message  # noqa: PLC0415 - Unix only

    load = load_message(files, request["main"], "", "", {}, "utf-8")
    plain = {"watch": [], "plan": "plain", "args": [], "files": {}, "output": 2**20}
    with Relay(backend, SandboxSpec(limits=LIMITS), load, None) as relay:
        found = relay.run({**plain, **request})
    ending, ran = Ending(found["ending"]), found["ran"]
    if ending in ENDED:
        return {"verdict": ENDED[ending]}
    if ending is not Ending.OK or not isinstance(ran, dict):
        raise InfrastructureError(say("The sandbox ended the exploration ({ending}).", ending=ending.value))
    if ran.get("ended") == "output":
        return {"verdict": "output"}
    if not isinstance(ran.get("report"), str):
        return {"verdict": "crashed" if not ran.get("lines") else "review"}
    try:
        report = protocol.load_line(ran["report"])
    except protocol.ProtocolError:
        return {"verdict": "review"}
    answer = report.get("explored")
    if not isinstance(answer, dict):
        return {"verdict": "review"}
    return answer


def _here(files: Mapping[str, bytes], request: Mapping[str, Any]) -> dict[str, Any]:
    """In a process of its own on this machine, without any limit."""
    told = {"files": {name: base64.b64encode(data).decode("ascii") for name, data in files.items()}, "request": request}
    start = "import sys; sys.path.append(sys.argv.pop(1)); from sandbox.exploring import main; main()"
    root = str(Path(protocol.__file__).parents[1])
    command = [sys.executable, "-P", "-c", start, root]  # no file of the folder one stands in takes a module's place
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        command, input=json.dumps(told).encode(), stdout=subprocess.PIPE, env=environment, check=False
    )
    try:
        found = json.loads(done.stdout)
    except ValueError:
        return {"verdict": "crashed"}
    return found if isinstance(found, dict) else {"verdict": "crashed"}
