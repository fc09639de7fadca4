"""One program under frontrun: `frontrun_.py FILE SCHEDULES dpor|random`.

The adaption: frontrun controls only the workers it is given, so the script is cut into setup, workers and invariant (see `worker_form`). Options are
its defaults (DPOR with at most two preemptions) but for four: a counterexample is not run ten times more; the clock is virtual, or DPOR spins
on a Condition until it gives up; a program that imports time gets the clock its manual recommends for races of timers, `explored`; and random
schedules may be longer than 300 steps, or it is not sure of most programs.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import Any

from worker_form import Form, NoFormError

SEED = 1
OPERATIONS = 5000


def explore(path: Path, schedules: int, mode: str) -> dict[str, Any]:
    """What was found, after how many schedules."""
    import frontrun  # noqa: PLC0415

    source = path.read_text()
    try:
        form = Form(source, str(path))
        count = len(form.state({"__name__": "__main__"})[0])
    except NoFormError as error:
        return {"cannot": str(error)}
    made = 0

    def setup() -> Any:
        nonlocal made
        made += 1
        return form.state({"__name__": "__main__", "__file__": str(path)})

    def worker(number: int) -> Any:
        return lambda state: state[0][number]()

    def invariant(state: Any) -> bool:
        try:
            state[1]()
        except Exception:  # noqa: BLE001  whatever it is, it does not hold
            return False
        return True

    options: dict[str, Any] = {"strategy": mode, "reproduce_on_failure": 0}
    options |= (
        {"max_attempts": schedules, "seed": SEED, "max_ops": OPERATIONS}
        if mode == "random"
        else {"max_executions": schedules}
    )
    options["clock"] = "explored" if "import time" in source else "virtual"
    try:
        result = frontrun.explore(setup, [worker(number) for number in range(count)], invariant, **options)
    except BaseException as error:  # noqa: BLE001  a worker may raise anything
        frames = traceback.extract_tb(error.__traceback__)
        last = [frame.filename for frame in frames][-1]
        if any(frame.filename == str(path) for frame in frames) or "deadlock" in type(error).__name__.lower():
            return {"found": f"{type(error).__name__}: {str(error)[:150]}", "schedules": made}
        return {"cannot": f"{type(error).__name__}: {str(error)[:150]} ({Path(last).name})"}
    if result.property_holds is None:
        return {"unsure": result.inconclusive_reason, "schedules": made}
    return {"found": "" if result.property_holds else (result.explanation or "failure")[:150], "schedules": made}


if __name__ == "__main__":
    print(json.dumps(explore(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])), file=sys.stderr)
