"""Nothing that students write in good faith trips a sign of tampering: every solution, every accepted variant, the sound programs of the corpus."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from sandbox.exploring import twin_fails
from sandbox.overlay import Overlay
from sandbox.program import Entry, Program
from sandbox.rewrite.flags import flags_of
from sandbox.scheduler.strategies.audit import follows
from sandbox.search import Search

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "tests" / "programs"
REACHING = {"del_global", "21_condition_private", "library_functions_in_a_class", "raw_thread"}
"""Programs that were written to reach into the interpreter, or into what is private in threading."""


def corpus(*folders):
    """Programs by their names in expected.toml."""
    return [
        path for folder in folders for path in sorted((PROGRAMS / folder).glob("*.py")) if path.stem not in REACHING
    ]


def accepted():
    """(name, text): every solution and every variant that loses nothing."""
    found = []
    for folder in sorted((ROOT / "reference").iterdir()):
        if not (folder / "solution.py").is_file():
            continue
        found.append((f"{folder.name}/solution", (folder / "solution.py").read_text(encoding="utf-8")))
        file = folder / "mistakes.yaml"
        mistakes = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
        for name, mistake in (mistakes or {}).items():
            if isinstance(mistake, dict) and mistake.get("loses") == {}:
                text = (folder / str(mistake.get("file") or mistake.get("of") or "solution.py")).read_text(
                    encoding="utf-8"
                )
                edits = mistake.get("edit") or []
                for old, new in [edits] if edits and isinstance(edits[0], str) else edits:
                    text = text.replace(old, new)
                found.append((f"{folder.name}/{name}", text))
    return found


def honest():
    """Name and text of all of them."""
    return accepted() + [
        (f"{path.parent.name}/{path.stem}", path.read_text(encoding="utf-8"))
        for path in corpus("access", "cases", "fixed", "habits", "ok", "probes", "bugs")
    ]


def test_no_honest_file_has_a_flag():
    """Many more than a hundred, faulty ones among them: a fault is no attack."""
    files = honest()
    assert len(files) > 300
    own = {path.stem for path in corpus("access", "cases", "fixed", "habits", "ok", "probes", "bugs")} | {"stage"}
    flagged = {}
    for name, text in files:
        try:
            found = flags_of(ast.parse(text), own)
        except SyntaxError:
            continue
        if found:
            flagged[name] = found
    assert flagged == {}


def signs(path, overlay):
    """What a judge would take for a sign, of one program of the corpus as a script."""
    program = Program({path.name: path.read_text(encoding="utf-8")}, Entry(path.name), overlay=overlay)
    search = Search(program, seed=7, schedules=40, collect=True)
    verdict = search.explore()["verdict"]
    found = []
    if search.audited is not None and not follows(7, search.audited.runs, search.audited.sample()):
        found.append("audit")
    if verdict == "ok" and twin_fails(program, {"seed": 7}) is False:
        found.append("twin")
    return found


def all_signs(paths):
    overlay = Overlay()
    return {path.name: found for path in paths if (found := signs(path, overlay))}


def test_no_sound_program_trips_the_audit_or_the_twin():
    """One in twelve of them."""
    paths = corpus("fixed", "ok", "habits")
    assert all_signs(paths[::12]) == {}


@pytest.mark.soak
def test_none_of_them_all_does():
    """All programs of the corpus."""
    assert all_signs(corpus("fixed", "ok", "habits", "access", "cases")) == {}
