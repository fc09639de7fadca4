"""What git said, and whose fault that is."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from grader.errors import InfrastructureError, IntakeError
from grader.intake.address import parse_address
from grader.intake.failures import Again, Moved, diagnose
from grader.intake.git import Caps, Result
from grader.intake.shown import listed, redacted, shown

ADDRESS = parse_address("https://gitee.com/s01/hw", ["gitee.com"])
NOW = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)


def meant(err: str = "", *, has_token: bool = False, **changes):
    result = dataclasses.replace(Result(128, b"", err), **changes)
    return diagnose(result, ADDRESS, Caps(), has_token=has_token, now=NOW)


@pytest.mark.parametrize(
    "err",
    [
        "remote: Repository not found.\nfatal: repository 'https://gitee.com/s01/hw.git/' not found",
        "fatal: could not read Username for 'https://gitee.com': terminal prompts disabled",
        "git@gitee.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
        "[session-1] Access denied\nfatal: Could not read from remote repository.",
        "fatal: 'hw' does not appear to be a git repository",
        "fatal: https://gitee.com/s01/hw.git/info/refs not valid: is this a git repository?",
        "error: object 1234567890123456789012345678901234567890: hasDotgit: contains '.git'\nfatal: fsck error in packed object",
    ],
)
def test_what_the_student_can_mend(err):
    """No access, no repository, forbidden objects."""
    error = meant(err)
    assert isinstance(error, IntakeError)
    assert error.remedy is not None


@pytest.mark.parametrize(
    "err",
    [
        "fatal: write error: No space left on device",
        "Host key verification failed.\nfatal: Could not read from remote repository.",
        "fatal: unable to access 'https://gitee.com/': SSL certificate problem: self signed certificate",
        "fatal: Out of memory, malloc failed",
    ],
)
def test_what_only_the_operator_can_mend(err):
    """Disk, memory, keys and certificates: infrastructure, at once."""
    assert isinstance(meant(err), InfrastructureError)


@pytest.mark.parametrize(
    "err",
    [
        "fatal: unable to access 'https://gitee.com/': Failed to connect to gitee.com port 443: Connection refused",
        "error: RPC failed; curl 18 transfer closed\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output",
        "ssh: connect to host gitee.com port 22: Connection timed out\nfatal: Could not read from remote repository.",
        "fatal: the remote end hung up unexpectedly",
        "something nobody has seen before",
        "",
    ],
)
def test_what_is_tried_again(err):
    """Broken connections and the unknown are tried again, then infrastructure: never a zero."""
    again = meant(err)
    assert isinstance(again, Again)
    assert again.seconds is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Tue, 01 Dec 2026 16:01:30 GMT", 90.0),
        ("Tue, 01 Dec 2026 15:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
    ],
)
def test_how_long_a_host_asks_to_wait(header, seconds):
    """Seconds, or a date; nonsense is our own back-off."""
    again = meant(statuses=(429,), headers={"retry-after": header})
    assert isinstance(again, Again)
    assert again.seconds == seconds


def test_the_last_answer_counts():
    """A 401 that was answered with a token and then 403 is about 403."""
    assert "(403)" in str(meant(statuses=(401, 403), has_token=True))
    assert isinstance(meant(statuses=(401, 401), has_token=True), InfrastructureError)
    assert isinstance(meant(statuses=(401,)), IntakeError)
    assert isinstance(meant(statuses=(200, 200, 503)), Again)
    assert "forbidden objects" in str(meant("error: object " + "0" * 40 + ": x", statuses=(401, 200), has_token=True))
    assert meant(statuses=(302,), headers={"location": "/x"}) == Moved("/x")


@pytest.mark.parametrize("cut", ["size", "objects", "output"])
def test_caps_on_size_are_the_students(cut):
    """Too large is for the student to mend; time and stopping are not."""
    assert isinstance(meant(cut=cut), IntakeError)
    assert isinstance(meant(cut="wall"), InfrastructureError)
    assert isinstance(meant(cut="stopped"), InfrastructureError)


def test_no_secret_of_an_address_is_repeated():
    """git repeats addresses in its messages; whatever stands before the @ is dropped."""
    said = str(meant("fatal: unable to access 'https://s01:5ecret@gitee.com/s01/hw/': broken").error)
    assert "5ecret" not in said
    assert redacted("https://a:b@c/d?token=e") == "https://…@c/d"
    assert redacted("a:b@c") == "…@c"


def test_hostile_text_is_shown_escaped():
    """Nothing that moves a cursor, hides or turns text round; long text is cut in the middle, lists are counted."""
    assert shown("a\x1b[31m\u202eb\u200b\udce4\n\U000e0001") == "a\\u001b[31m\\u202eb\\u200b\\xe4\\u000a\\U000e0001"
    assert shown("王小明 欧阳娜娜 محمد") == "王小明 欧阳娜娜 محمد"
    assert len(shown("x" * 1000)) == 201
    assert listed(["b", "a"]) == "a, b"
    assert listed([str(n) for n in range(10, 40)]).endswith("… (+10)")
