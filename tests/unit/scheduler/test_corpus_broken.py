"""Every broken program of the corpus is found, within its number of schedules, with the right words for it and at the right line."""

import pytest

from tests.unit.scheduler.corpus import Entry, broken
from tests.unit.scheduler.exploring import explored, lines_of


@pytest.mark.parametrize("entry", broken(), ids=lambda entry: entry.name)
def test_what_is_there_is_found(entry: Entry) -> None:
    """Verdict, label and line are those of the table."""
    report = explored(entry, entry.within)
    assert report["verdict"] in entry.verdicts, report["failures"] or report["races"]
    assert report["schedules"] <= entry.within
    if report["verdict"] != entry.verdict:
        return  # right as well, with other words
    if entry.label is not None:
        assert report["label"] == entry.label
    if entry.lines:
        assert lines_of(report) & set(entry.lines)
