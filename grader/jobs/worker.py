"""One worker of the pool: `python -m grader.jobs.worker`. Single-threaded, so it may fork; it opens sandboxes from its main thread.

It ends when its standard input ends or says stop (the pool is done, or dead), finishing the job it has; and it is
killed by the kernel together with the pool's process where the kernel can do that.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import select
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from grader.jobs import grading, tools, work
from grader.logs import logging_to
from grader.store.store import Store

PAUSE = 0.2  # seconds between two looks for work
PR_SET_PDEATHSIG = 1


def main(arguments: list[str] | None = None) -> int:
    """Claim and grade until told to stop."""
    parser = argparse.ArgumentParser(prog="grader.jobs.worker")
    parser.add_argument("--database", required=True)
    parser.add_argument("--home", required=True, type=Path)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--parent", required=True, type=int)
    parser.add_argument("--tools", default=tools.PRODUCTION)
    options = parser.parse_args(arguments)
    die_with(options.parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pool, which then tells us
    made = tools.named(options.tools)
    backend = made.backend(options.backend)
    with logging_to(options.home), Store.open(options.database) as store, made.judge(options.home) as judge:
        os.write(1, b"ready\n")
        os.dup2(2, 1)  # whatever is printed from here on is for people
        while not told_to_stop(0):
            held = work.claim(store, options.name, datetime.now(UTC))
            if held is None:
                if told_to_stop(PAUSE):
                    break
                continue
            grading.grade_one(store, options.home, held, made, judge, backend)
    return 0


def die_with(parent: int) -> None:
    """Be killed when the parent dies, wherever that can be had; at once if it is dead already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def told_to_stop(seconds: float) -> bool:
    """Whether the pool says stop, or is gone, within so many seconds."""
    ready, _, _ = select.select([0], [], [], seconds)
    return bool(ready)


if __name__ == "__main__":
    sys.exit(main())
