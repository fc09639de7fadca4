"""The corpus is what it says it is: every program listed, with a twin, and the sound ones sound under plain CPython."""

import ast
import subprocess
import sys

import pytest

from tests.unit.scheduler.corpus import CORPUS, PROGRAMS, broken, sound

# Of issue 3, in its order; `ok` when none of them was found.
VERDICTS = (
    *("review", "crashed", "memory", "output", "limit", "timeout", "deadlock", "race", "error", "hang", "too_big"),
    *("unsupported", "needs_input", "needs_peer", "endless", "no_concurrency", "timing"),
)
BLAMED = {"deadlock", "race", "error", "hang", "timing"}  # these carry a label
FILES = sorted(str(path.relative_to(PROGRAMS).as_posix()) for path in PROGRAMS.rglob("*.py"))
THREAD_BUGS = (*range(1, 13), *range(15, 21))  # research/concurrency-tools.md section 3; 13 and 14 are processes


def code_of(name: str) -> str:
    return CORPUS[name].path.read_text(encoding="utf-8")


def test_every_file_is_listed_once_and_every_row_has_its_file():
    """Nothing lies there unjudged, nothing is expected of a file that is gone."""
    assert sorted(CORPUS) == FILES


def test_the_classic_bugs_are_all_there():
    """Each number of the research has one program and its twin of the same name."""
    bugs = [path.name for path in sorted((PROGRAMS / "bugs").glob("*.py"))]
    for number in THREAD_BUGS:
        assert len([name for name in bugs if name.startswith(f"{number:02}_")]) == 1, number
    assert bugs == [path.name for path in sorted((PROGRAMS / "fixed").glob("*.py"))]


@pytest.mark.parametrize("name", FILES)
def test_a_row_is_in_order(name):
    """Verdicts are of the list, labels belong to what is blamed, guilty lines hold code, the reason is a sentence."""
    entry = CORPUS[name]
    lines = code_of(name).splitlines()
    assert entry.verdicts <= {"ok", *VERDICTS}
    assert entry.verdict not in entry.also
    assert (entry.label in ("happens", "language", "overrun")) == (entry.verdict in BLAMED)
    assert (entry.label == "overrun") == (entry.verdict == "timing")
    assert all(lines[n - 1].strip() and not lines[n - 1].strip().startswith("#") for n in entry.lines)
    assert not (entry.is_sound and entry.lines)
    assert len(entry.why) > 10
    assert 8 <= len(lines) <= 40


@pytest.mark.parametrize("entry", broken(), ids=lambda entry: entry.name)
def test_what_is_broken_has_a_mended_twin(entry):
    """The twin differs, points back, and is sound (a module that starts nothing has another such module)."""
    assert entry.twin is not None
    twin = CORPUS[entry.twin.relative_to(PROGRAMS).as_posix()]
    assert twin.twin == entry.path
    assert twin.path.name == entry.path.name
    assert twin.is_sound or entry.verdict == twin.verdict == "no_concurrency"
    assert twin.advice is not True


@pytest.mark.parametrize("entry", [e for e in broken() if e.verdict in BLAMED], ids=lambda entry: entry.name)
def test_a_finding_can_be_pointed_at(entry):
    """What is blamed has guilty lines here or names the sibling that holds them."""
    siblings = {path.name for path in entry.path.parent.glob("*.py")} - {entry.path.name}
    assert entry.lines or any(name in entry.why for name in siblings)


@pytest.mark.parametrize("name", FILES)
def test_it_compiles_as_python_311(name):
    """No newer syntax: the corpus is the same on every version that is supported."""
    ast.parse(code_of(name), name, feature_version=(3, 11))
    compile(code_of(name), name, "exec")


def test_no_two_programs_are_the_same():
    """Not even but for names of files, blank lines and comments."""
    seen = {}
    for name in FILES:
        tree = ast.dump(ast.parse(code_of(name)))
        assert tree not in seen, (name, seen[tree])
        seen[tree] = name


@pytest.mark.parametrize("entry", sound(), ids=lambda entry: entry.name)
def test_a_sound_program_ends_well_by_itself(entry):
    """Under plain CPython, with nothing on stdin: exit code 0, and no thread ended in an exception."""
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", "-B", entry.path.name],
        cwd=entry.path.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False), ran.stderr.decode()
