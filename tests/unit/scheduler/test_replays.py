"""Exploring and replaying are functions of the program, the seed and the schedule alone."""

import pytest

from tests.unit.scheduler.corpus import CORPUS, Entry
from tests.unit.scheduler.exploring import asked, explored

FAILING = [entry for name, entry in CORPUS.items() if name.startswith(("bugs/0", "bugs/1"))]


@pytest.mark.parametrize("entry", FAILING, ids=lambda entry: entry.name)
def test_a_schedule_replays(entry: Entry) -> None:
    """What was found fails again in another process, under another hash seed, at the same steps each time."""
    report = explored(entry, entry.within)
    assert report == explored(entry, entry.within, hash_seed=7)
    for failure in report["failures"]:
        if failure["kind"] in ("endless", "too_big"):
            continue
        request = {"kind": "replay", "seed": 0, "schedule": failure["schedule"]}
        first, second = asked(entry, request), asked(entry, {**request, "hash_seed": 3})
        assert first == second
        assert first["failure"]["kind"] == failure["kind"]
