"""Ways to a repository and choices of a branch, without a network."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.course import Host
from grader.errors import IntakeError
from grader.intake.address import parse_address
from grader.intake.failures import NoAccessError
from grader.intake.mirror import Mirror, Mirrors
from grader.language import say

COMMIT = "1" * 40
KEYED = Host(ssh_key=Path("key"), known_hosts=Path("known"))


class Remotes:
    """Answers `ls-remote` by ssh only."""

    def __init__(self, real) -> None:
        self.real = real
        self.asked: list[str] = []

    def run(self, address, path, arguments):
        self.asked.append(f"{arguments[0]} {address.url}")
        if address.kind != "ssh":
            raise NoAccessError(say("No repository address was given."))
        return f"{COMMIT}\trefs/heads/main\n".encode()

    def by_ssh(self, address):
        return self.real.by_ssh(address)


def mirrors(tmp_path, host: Host) -> tuple[Mirrors, Remotes]:
    made = Mirrors(tmp_path, {"gitee.com": host})
    made._remotes = Remotes(made._remotes)
    return made, made._remotes


def test_a_private_repository_given_by_its_page_is_read_with_the_courses_ssh_key(tmp_path):
    """Closed by https, and the course has a key but no token: ssh is tried, and used from then on."""
    made, remotes = mirrors(tmp_path, KEYED)
    address = parse_address("https://gitee.com/s01/作业 1", {"gitee.com": KEYED})
    assert made.fetch(address).branches == {"main": COMMIT}
    made.pin(address, COMMIT)
    by_ssh = "ssh://git@gitee.com/s01/作业 1.git"
    assert remotes.asked == [f"ls-remote {address.url}", f"ls-remote {by_ssh}", f"fetch {by_ssh}"]


@pytest.mark.parametrize(
    "host", [Host(), Host(token_file=Path("token"), ssh_key=Path("key"), known_hosts=Path("known"))]
)
def test_without_a_key_or_with_a_token_https_is_the_only_way(tmp_path, host):
    """No key, or a token that was already shown: the answer stands."""
    made, remotes = mirrors(tmp_path, host)
    with pytest.raises(NoAccessError):
        made.fetch(parse_address("https://gitee.com/s01/hw", ["gitee.com"]))
    assert len(remotes.asked) == 1


def test_both_ways_lead_to_one_mirror():
    """https and ssh addresses of one repository share its mirror."""
    hosts = {"gitee.com": KEYED}
    assert parse_address("git@gitee.com:s01/hw.git", hosts).key == parse_address("https://gitee.com/s01/hw", hosts).key


names = st.sampled_from(["main", "master", "dev", "作业", "gone"])


@settings(deadline=None)
@given(
    branches=st.dictionaries(names.filter(lambda n: n != "gone"), st.sampled_from(["1" * 40, "2" * 40])),
    default=st.none() | names,
    head=st.none() | st.sampled_from(["1" * 40, "2" * 40, "3" * 40]),
    wanted=st.none() | names,
)
def test_any_remote_and_any_wish(branches, default, head, wanted):
    """A branch that was named is the one graded or an error; nothing is guessed without saying so."""
    address = parse_address("https://gitee.com/s01/hw", ["gitee.com"])
    mirror = Mirror(address, Path("x"), branches, default, head, datetime(2026, 1, 1, tzinfo=UTC))
    try:
        branch, commit, notices = mirror.choose(wanted)
    except IntakeError:
        assert (wanted and wanted not in branches) or default not in branches
        return
    if wanted:
        assert (branch, commit) == (wanted, branches[wanted])
    elif default in branches:
        assert (branch, commit) == (default, branches[default])
    elif head:
        assert commit == head
    else:
        assert notices
        assert commit == branches[branch]
