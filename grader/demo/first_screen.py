"""The README's first screen, made: eight lines of buggy code, 1,000 plain runs of them beside `explore`, and the picture.

`python -m grader.demo.first_screen` (`make readme`) runs everything and writes README.md between the marks, and the picture.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.explore.ask import ask
from grader.explore.shown import timeline
from grader.explore.words import details, sentence
from grader.reports.timeline_svg import timeline_svg

ROOT = Path(__file__).parents[2]
README, PICTURE = ROOT / "README.md", ROOT / "docs" / "pictures" / "first-screen.svg"
BEGIN, END = "<!-- first screen: make readme -->\n", "<!-- end of the first screen -->\n"
RUNS = 1000
FILE = "counter.py"
CODE = """\
from concurrent.futures import ThreadPoolExecutor
count = 0
def add(n):
    global count
    count += n
with ThreadPoolExecutor(2, "thread") as pool:
    pool.map(add, [1, 1])
assert count == 2
"""
INK = "<style>svg{color:#18202c}@media (prefers-color-scheme:dark){svg{color:#e8ecf3}}</style>"  # a picture of its own has no page


def explored() -> dict[str, Any]:
    """The report of `grader explore`."""
    request = {"kind": "explore", "main": FILE, "scenario": None, "seed": 0, "schedules": 1000, "stdin": ""}
    found = ask({FILE: CODE.encode()}, request, None)
    return {"file": FILE, **found}


def plain_runs(runs: int = RUNS) -> int:
    """How many of so many runs of the plain interpreter fail."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.write_text(CODE, encoding="utf-8")
        command = [sys.executable, "-I", str(path)]
        return sum(subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode != 0 for _ in range(runs))


def text(report: dict[str, Any], wrong: int) -> str:
    """What stands between the marks."""
    said = [f"{report['verdict']}: {sentence(report).render('en')}", *(line.render("en") for line in details(report))]
    return f"""\
```python
{CODE}```

```
$ for n in $(seq {RUNS}); do python {FILE} 2>&- || echo wrong; done | grep -c wrong
{wrong}
$ grader explore {FILE}
{chr(10).join(said)}
```

![The failing run as a timeline: both threads read the same number, and one of the two additions is lost](docs/pictures/{PICTURE.name})
"""


def svg(report: dict[str, Any]) -> str:
    """The picture of the failing run, for a light and a dark page."""
    drawn = timeline_svg(timeline(report["failures"][0], report), "en", "first")
    head, tail = drawn.split(">", 1)
    return f"{head}>{INK}{tail}\n"


def between(readme: str, made: str) -> str:
    """The README with `made` between its marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{made}{END}{after}"


def main() -> None:
    """Writes both."""
    report = explored()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(svg(report), encoding="utf-8", newline="\n")
    made = between(README.read_text(encoding="utf-8"), text(report, plain_runs()))
    README.write_text(made, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
