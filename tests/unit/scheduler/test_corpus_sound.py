"""Nothing but advice is said about programs that are right."""

import pytest

from tests.unit.scheduler.corpus import Entry, sound
from tests.unit.scheduler.exploring import explored


@pytest.mark.parametrize("schedules", [200, pytest.param(400, marks=pytest.mark.soak)])
@pytest.mark.parametrize("entry", sound(), ids=lambda entry: entry.name)
def test_it_is_silent_where_all_is_well(entry: Entry, schedules: int) -> None:
    """`ok`, with advice only where some is due."""
    report = explored(entry, schedules)
    assert report["verdict"] == "ok", report["failures"] or report["races"]
    if entry.advice is not None:
        assert bool(report["advice"]) == entry.advice
