"""One program under interleave-test: `interleave_.py FILE SCHEDULES random|pct|dfs`.

The adaption: the file, unchanged, is compiled once and executed inside the model, so the `threading` and `queue` that it imports are the patched
ones. `concurrent.futures.thread` is imported before, without which the tool ends in an ImportError.
"""

from __future__ import annotations

import concurrent.futures.thread  # noqa: F401
import json
import sys
from pathlib import Path
from typing import Any

SEED = 1


def explore(path: Path, schedules: int, mode: str) -> dict[str, Any]:
    """What was found, after how many schedules."""
    import interleave_test as tool  # noqa: PLC0415

    code = compile(path.read_text(), str(path), "exec")
    made = 0

    def model() -> None:
        nonlocal made
        made += 1
        exec(code, {"__name__": "__main__", "__file__": str(path)})

    try:
        result = tool.explore(model, iterations=schedules, strategy=mode, seed=None if mode == "dfs" else SEED)
    except tool.ReplayDivergence as error:
        return {"cannot": f"not deterministic: {error}"}
    except tool.InterleaveError as error:
        if "Thread.__init__() not called" in str(error):
            return {"cannot": "threading.current_thread() is not modelled"}
        return {"found": f"{type(error).__name__}: {str(error).splitlines()[0][:150]}", "schedules": made}
    return {"found": "" if result.ok else "failure", "schedules": made}


if __name__ == "__main__":
    print(json.dumps(explore(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])), file=sys.stderr)
