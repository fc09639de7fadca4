"""The zip of one exercise. Everything comes from the statement, the starter and the public scenarios; of the reference folder nothing else is read out.

NAME/README.txt statement.md WORK.py scenarios.py calls/*.json try.py replay.py try.bat replay.bat requirements.txt tools/{grader,sandbox}/
"""

from __future__ import annotations

import functools
import importlib.metadata
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import grader
from grader.course.starter import starters
from grader.kit.calls import as_json, calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.course.assignment import Assignment
    from grader.course.reference import Reference
    from grader.language import Language

ROOT = Path(grader.__file__).parents[1]
HERE = Path(__file__).parent / "files"
SCENARIOS = "scenarios.py"
START = "grader.__main__ grader.verbs.context grader.verbs.exploring"  # what `explore` and `replay` load
DATA = ("grader/reports/templates/*", "grader/locale/zh/*.po", "sandbox/**/*.py")
BEGIN = (2026, 1, 1, 0, 0, 0)  # equal exercises make equal files
BOM = "\ufeff"  # editors on Windows read it as UTF-8 then


def kit(assignment: Assignment, reference: Reference, language: Language) -> bytes:
    """The zip."""
    made, more = io.BytesIO(), tools() if assignment.submit.file is not None else {}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in sorted({**own(assignment, reference, language), **more}.items()):
            entry = zipfile.ZipInfo(f"{assignment.name}/{name}", BEGIN)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            out.writestr(entry, data)
    return made.getvalue()


def own(assignment: Assignment, reference: Reference, language: Language) -> dict[str, bytes]:
    """What is of this exercise."""
    files = {Path(name).name: text.encode() for name, text in starters(assignment, reference, language).items()}
    files["statement.md"] = (BOM + _statement(assignment)).encode()
    if assignment.submit.file is None:
        return files
    work = Path(assignment.submit.file).name
    scenarios = reference.text(SCENARIOS) if SCENARIOS in reference.files else ""
    if scenarios:
        files[SCENARIOS] = scenarios.encode()
    for number, call in enumerate(calls(assignment, reference), 1):
        text = json.dumps(as_json(call, assignment, scenarios), ensure_ascii=True, indent=1)
        files[f"calls/{number:02}-{call.name or 'script'}.json"] = text.encode()
    for path in HERE.iterdir():
        text = path.read_text(encoding="utf-8").replace("WORK.py", work)
        if path.suffix == ".txt":
            text = BOM + text
        if path.suffix in (".txt", ".bat"):
            text = text.replace("\n", "\r\n")
        files[path.name.removesuffix(".in")] = text.encode()
    files["requirements.txt"] = ("\n".join(requirements()) + "\n").encode()
    return files


@functools.cache
def tools() -> dict[str, bytes]:
    """`explore` and `replay` themselves: the modules that they load, templates and texts."""
    found = {path.relative_to(ROOT).as_posix() for pattern in DATA for path in ROOT.glob(pattern) if path.is_file()}
    found |= set(modules())
    return {f"tools/{name}": (ROOT / name).read_bytes() for name in sorted(found)}


def modules() -> Iterator[str]:
    """Files of ours that an interpreter loads for `explore`; it is asked, so that none is forgotten."""
    code = "import sys, importlib\nfor name in sys.argv[1].split(): importlib.import_module(name)\n"
    code += "print('\\n'.join(m.__file__ for n, m in list(sys.modules.items()) if n.partition('.')[0] in ('grader', 'sandbox') and m.__file__))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}", START],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for line in sorted(set(done.stdout.split("\n"))):
        if line:
            yield Path(line).relative_to(ROOT).as_posix()


def requirements() -> list[str]:
    """What a laptop installs: the base dependencies."""
    return sorted(each for each in importlib.metadata.requires("concurrency-grader") or () if "extra ==" not in each)


def _statement(assignment: Assignment) -> str:
    texts = [f"# {assignment.title.render('zh')}\n\n{assignment.statement.render('zh')}"]
    english = f"# {assignment.title.render('en')}\n\n{assignment.statement.render('en')}"
    return "\n\n".join(dict.fromkeys([*texts, english])) + "\n"
