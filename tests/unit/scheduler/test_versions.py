"""A schedule is the same on every Python that is supported: what one found, the others replay step by step."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.unit.scheduler.corpus import CORPUS, Entry, broken
from tests.unit.scheduler.exploring import printed
from tests.unit.scheduler.recorded import Recorded, found, load, told

PYTHONS = "GRADER_PYTHONS"  # other interpreters with greenlet, joined as in PATH; without it, those of `make test-all`
ROOT = Path(__file__).parents[3]
SUPPORTED = ("3.11", "3.12", "3.13")
HERE = "{}.{}".format(*sys.version_info)
RECORDED = load()
BUGS = [entry for name, entry in CORPUS.items() if name.startswith("bugs/")]
TO_FAILURE = {"deadlock", "error", "hang", "timing"}  # a race may be one that the detector alone sees
THOUSAND = 1000
OTHER_HASHES = 7  # recorded under 0


def version_of(python: str) -> str:
    ask = "import greenlet, sys; print('{}.{}'.format(*sys.version_info))"
    ran = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    return ran.stdout.strip()


@pytest.fixture(scope="session")
def others() -> dict[str, str]:
    """Version -> interpreter."""
    named = os.environ.get(PYTHONS, "").split(os.pathsep)
    venvs = [str(ROOT / f".venv-{version}" / "bin" / "python") for version in SUPPORTED]
    paths = [path for path in [*venvs, *named] if path and Path(path).exists()]
    return {version: path for path in paths if (version := version_of(path))}


@cache
def found_now() -> list[Recorded]:
    """Every bug of the corpus, as this Python finds it."""
    return [row for entry in BUGS if (row := found(entry))]


def test_every_failure_of_the_corpus_is_recorded() -> None:
    """Each program that is to fail has its schedule in the file, and nothing else has one."""
    names = {row.name for row in RECORDED}
    assert names <= {entry.name for entry in broken()}
    missing = {entry.name for entry in broken() if entry.verdict in TO_FAILURE} - names
    assert not missing, f"python -m tests.unit.scheduler.recorded finds {sorted(missing)}"


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row.name)
def test_what_the_oldest_python_found_replays(row: Recorded) -> None:
    """Same failure, same tasks, same steps about the same things."""
    assert told(row.entry, row.schedule, hash_seed=OTHER_HASHES) == row


@pytest.mark.parametrize("version", [each for each in SUPPORTED if each != HERE])
def test_what_this_python_finds_replays_on_others(version: str, others: dict[str, str]) -> None:
    """Every bug of the corpus, found now, fails the same way at the same steps there."""
    if version not in others:
        pytest.skip(f"no Python {version} with greenlet: `make test-all` makes one, or name it in {PYTHONS}")
    assert found_now()
    for row in found_now():
        assert told(row.entry, row.schedule, others[version]) == row


@pytest.mark.soak
def test_a_thousand_replays_are_identical() -> None:
    """Every recorded schedule, in processes of its own under several hash seeds, prints the same bytes each time."""
    times = -(-THOUSAND // len(RECORDED))
    for row in RECORDED:
        request = {"kind": "replay", "seed": 0, "schedule": row.schedule}
        assert len({printed(row.entry, {**request, "hash_seed": seed}) for seed in range(times)}) == 1, row.name


@pytest.mark.soak
@pytest.mark.parametrize("entry", CORPUS.values(), ids=lambda entry: entry.name)
def test_two_explorations_print_the_same_bytes(entry: Entry) -> None:
    """Of the whole corpus, under two hash seeds."""
    request = {"kind": "explore", "schedules": entry.within, "seed": 0}
    assert printed(entry, {**request, "hash_seed": 1}) == printed(entry, {**request, "hash_seed": 2})
