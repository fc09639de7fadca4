"""A process with the overlay loaded that forks for every request, as the sandbox's driver does: starting Python costs more than most explorations."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from sandbox import exploring

ROOT = Path(__file__).parents[3]
LONGEST = 600  # seconds for one request
_mine = threading.local()


def forked(request: bytes, python: str, hash_seed: int) -> tuple[bytes, str]:
    """What `python -m sandbox.exploring` would print (stdout, stderr), here; each thread has a server for each Python and hash seed."""
    servers = _mine.__dict__.setdefault("servers", {})
    key = (python, hash_seed)
    server = servers.get(key) or servers.setdefault(key, _start(*key))
    server.stdin.write(json.dumps([str(Path.cwd()), request.decode()]).encode() + b"\n")
    server.stdin.flush()
    out, error = json.loads(server.stdout.readline())
    return out.encode(), error


def _start(python: str, hash_seed: int) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(
        [python, "-m", "tests.unit.scheduler.forking"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
    )  # fmt: skip
    atexit.register(server.communicate)
    return server


def main() -> None:
    """[current folder, request] a line, [stdout, stderr] a line, until stdin ends."""
    exploring.prepare()
    for line in sys.stdin.buffer:
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
            folder, request = json.loads(line)
            asked.write(request.encode())
            asked.seek(0)
            child = os.fork()
            if not child:
                for number, file in enumerate((asked, out, error)):
                    os.dup2(file.fileno(), number)
                sys.stdin = os.fdopen(os.dup(0), encoding="utf-8")
                os.chdir(folder)
                signal.alarm(LONGEST)
                exploring.main()  # does not return
            os.waitpid(child, 0)
            answer = []
            for file in (out, error):
                file.seek(0)
                answer.append(file.read().decode(errors="replace"))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
