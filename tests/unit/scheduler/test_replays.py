"""Exploring and replaying are functions of the program, the seed and the schedule alone; the whole corpus is held to it in test_versions.py."""

import json

import pytest

from tests.unit.scheduler.corpus import CORPUS, Entry
from tests.unit.scheduler.exploring import printed
from tests.unit.scheduler.recorded import NEVER_END

FAILING = [entry for name, entry in CORPUS.items() if name.startswith(("bugs/0", "bugs/1"))]


@pytest.mark.parametrize("entry", FAILING, ids=lambda entry: entry.name)
def test_a_schedule_replays(entry: Entry) -> None:
    """What was found fails again in another process, under another hash seed, and prints the same bytes each time."""
    asked = {"kind": "explore", "schedules": entry.within, "seed": 0}
    report = printed(entry, asked)
    assert report == printed(entry, {**asked, "hash_seed": 7}, fresh=True)
    for failure in json.loads(report)["failures"]:
        if failure["kind"] in NEVER_END:
            continue
        request = {"kind": "replay", "seed": 0, "schedule": failure["schedule"]}
        first = printed(entry, request)
        assert first == printed(entry, {**request, "hash_seed": 3})
        assert json.loads(first)["failure"]["kind"] == failure["kind"]
