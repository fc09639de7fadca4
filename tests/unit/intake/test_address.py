"""Addresses as students write them: understood, or refused before git runs."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from grader.course.course import Host
from grader.errors import GraderError, InfrastructureError, IntakeError
from grader.intake.address import parse_address, split_tail
from grader.intake.resolve import resolve

HOSTS = ("gitee.com", "github.com", "gitlab.com", "git.school.example:8443")


@pytest.mark.parametrize(
    "text",
    [
        "https://gitee.com/s01/homework",
        "https://gitee.com/s01/homework/",
        "https://gitee.com/s01/homework.git",
        "https://gitee.com/s01/homework.git/",
        "HTTPS://Gitee.com/s01/homework",
        "https://gitee.com:443/s01/homework",
        "https://gitee.com./s01/homework",
        "http://gitee.com/s01/homework",
        "  https://gitee.com/s01/homework\n",
        "\ufeffhttps://gitee.com/s01/homework",
        "https://gitee.com/s01/homework?from=project#readme",
        "https://gitee.com/s01/homework/issues",
        "gitee.com/s01/homework",
        "git@gitee.com:s01/homework.git",
        "gitee.com:s01/homework.git",
        "ssh://git@gitee.com/s01/homework.git",
        "ssh://git@gitee.com:22/s01/homework",
    ],
)
def test_one_repository_however_it_is_written(text):
    """Every way to write a public repository leads to one https address and one mirror."""
    address = parse_address(text, HOSTS)
    assert (address.kind, address.url, address.host, address.port) == (
        "https", "https://gitee.com/s01/homework.git", "gitee.com", 443,
    )  # fmt: skip
    assert address.key == parse_address("https://gitee.com/s01/homework", HOSTS).key
    assert address.tail == ""


@pytest.mark.parametrize(
    ("text", "tail", "branch", "folder"),
    [
        ("https://gitee.com/s01/hw/tree/master/day31", "master/day31", "master", "day31"),
        ("https://gitee.com/s01/hw/tree/master/", "master", "master", None),
        ("https://github.com/s01/hw/blob/main/day31/collect.py", "main/day31/collect.py", "main", "day31"),
        ("https://github.com/s01/hw/blob/main/collect.py#L3", "main/collect.py", "main", None),
        ("https://gitee.com/s01/hw/tree/feature/x/day31", "feature/x/day31", "feature/x", "day31"),
        ("https://gitee.com/s01/hw/tree/master/%E4%BD%9C%E4%B8%9A%201", "master/作业 1", "master", "作业 1"),
        ("https://gitlab.com/group/sub/hw/-/tree/main/day31?ref_type=heads", "main/day31", "main", "day31"),
        ("https://git.school.example:8443/s01/hw/src/branch/main/day31", "main/day31", "main", "day31"),
        ("https://github.com/s01/hw/tree/feature%2Fx/day31", "feature/x/day31", "feature/x", "day31"),
        ("https://gitee.com/s01/hw/tree/nowhere/day31", "nowhere/day31", "nowhere", "day31"),
    ],
)
def test_pasted_pages(text, tail, branch, folder):
    """The page of a branch, folder or file names repository, branch and folder."""
    address = parse_address(text, HOSTS)
    assert address.tail == tail
    assert split_tail(address, ["main", "master", "feature/x", "feature"]) == (branch, folder)
    assert address.url.removesuffix(".git").endswith("/hw")


@settings(deadline=None)
@given(
    st.lists(st.text("abAB12作业 _.%~@:+", min_size=1, max_size=8).map("x{}x".format), min_size=2, max_size=4),
    st.sampled_from(
        ["https://gitlab.com/", "https://git.school.example:8443/", "ssh://root@keyed.example/", "keyed.example:"]
    ),
)
def test_what_is_shown_names_the_same_repository(parts, start):
    """The form that is shown and stored leads to the same mirror again."""
    hosts = dict.fromkeys(HOSTS, Host()) | {"keyed.example": Host(ssh_key="key", known_hosts="known")}
    try:
        address = parse_address(start + "/".join(parts), hosts)
    except IntakeError:  # "%11" is a control character: refused
        reject()
    again = parse_address(address.shown, hosts)
    assert (again.key, again.shown) == (address.key, address.shown)


def test_groups_below_groups():
    """Hosts with nested groups keep the whole path."""
    assert parse_address("https://gitlab.com/a/b/c/hw", HOSTS).url == "https://gitlab.com/a/b/c/hw"


def test_an_ssh_key_makes_it_ssh():
    """Where the course has a key for the host, ssh addresses stay ssh; the user name is not shown."""
    hosts = {"gitee.com": Host(ssh_key="key", known_hosts="known")}
    address = parse_address("git@gitee.com:s01/homework.git", hosts)
    assert (address.kind, address.url) == ("ssh", "ssh://git@gitee.com/s01/homework.git")
    assert address.shown == "ssh://gitee.com/s01/homework.git"
    assert parse_address("ssh://git@gitee.com/s01/homework.git", hosts) == address


SECRETS = [
    "https://s01:p4ssw0rd@gitee.com/s01/homework",
    "https://p4ssw0rd@gitee.com/s01/homework",
    "https://s01:p4/ssw0rd@gitee.com/s01/homework",
    "https://s01:p4@ssw0rd@gitee.com/s01/homework",
    "https://gitee.com/s01/homework?access_token=p4ssw0rd",
    "https://gitee.com/s01/homework#private_token=p4ssw0rd",
    "ssh://git:p4ssw0rd@gitee.com/s01/homework",
    "s01:p4ssw0rd@gitee.com/s01/homework",
    "s01:p4ssw0rd@gitee.com:s01/homework",
    "https://s01:p4ssw0rd@evil.example/s01/homework",
    "ftp://s01:p4ssw0rd@gitee.com/s01/homework",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_in_an_address_are_refused_and_never_repeated(text):
    """No part of a password or token comes back in the error, whatever else is wrong with the address."""
    with pytest.raises(IntakeError) as caught:
        parse_address(text, HOSTS)
    said = str(caught.value) + caught.value.render("zh") + repr(caught.value.message.values)
    assert "ssw0rd" not in said
    assert caught.value.remedy is not None


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "homework", "C:\\homework", "/etc", "../homework", "file:///etc", "file://localhost/etc",
        "ext::sh -c touch% /tmp/x", "ext::https://gitee.com/a/b", "fd::7", "git://gitee.com/s01/hw", "ftp://gitee.com/s01/hw",
        "--upload-pack=touch /tmp/x", "-oProxyCommand=x", "ssh://-oProxyCommand=x/s01/hw", "-x@gitee.com:s01/hw",
        "git@-oProxyCommand=x:s01/hw", "https://gitee.com", "https://gitee.com/", "https://gitee.com/../../etc/passwd",
        "https://gitee.com/s01/../s02/hw", "https://gitee.com/s01/%2e%2e/hw", "https://gitee.com/s01/a%2Fb", "https://gitee.com/-s01/hw",
        "https://gitee.com/s01/h\nw", "https://gitee.com/s01/h\x00w", "https://gitee.com/s01/h%0aw", "https://gitee.com/s01/\u2028hw",
        "https://evil.example/s01/hw", "https://gitee.com.evil.example/s01/hw", "https://gitee.com:8443/s01/hw",
        "https://git.school.example/s01/hw", "https://gitee.com:99999/s01/hw", "https://gitee.com:x/s01/hw", "https:///s01/hw",
        "https://ɡitee.com/s01/hw", "https://localhost/s01/hw", "https://127.0.0.1/s01/hw", "http://[::1]/s01/hw", "https://2130706433/s01/hw",
        "https://0x7f.1/s01/hw", "https://169.254.169.254/latest/meta-data", "git@localhost:s01/hw", "https:/gitee.com/s01/hw",
        "https：//gitee.com/s01/hw", "https://" + "a" * 3000,
    ],
)  # fmt: skip
def test_everything_else_is_refused(text):
    """Programs, files, options, climbing paths, control characters, other hosts and ports: refused with a remedy."""
    with pytest.raises(IntakeError) as caught:
        parse_address(text, HOSTS)
    assert caught.value.remedy is not None
    assert "\x00" not in str(caught.value)


def test_folders_and_loopback_hosts_need_to_be_allowed(tmp_path):
    """`allow_local` opens folders of this machine and loopback hosts, and nothing else."""
    where = tmp_path / "学生 一"
    where.mkdir()
    local = parse_address(str(where), (), allow_local=True)
    assert (local.kind, local.url, local.host) == ("local", f"file://{where}", "")
    assert parse_address(f"file://{where}", (), allow_local=True) == local
    for text in ("http://127.0.0.1:8000/s01.git", "http://localhost:8000/s01.git", "http://[::1]:8000/s01.git"):
        assert parse_address(text, (), allow_local=True).kind == "http"
        with pytest.raises(IntakeError):
            parse_address(text, ())
    odd = tmp_path / "100%41"
    odd.mkdir()
    assert parse_address(str(odd), (), allow_local=True).url == f"file://{tmp_path}/100%2541"
    for text in (
        "~nobody-here/hw",
        "http://10.0.0.1/s01.git",
        "http://169.254.169.254/s01.git",
        "ext::sh -c id",
        "file://server/share",
        "--x",
    ):
        with pytest.raises(IntakeError):
            parse_address(text, (), allow_local=True)


def _answering(*ips: str):
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ips]


ADDRESS = parse_address("https://gitee.com/s01/hw", HOSTS)
NEVER = ["169.254.169.254", "fe80::1", "fe80::1%eth0", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "100.100.100.200", "fd00:ec2::254",
         "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "240.0.0.1"]  # fmt: skip
PRIVATE = [
    "127.0.0.1",
    "::1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "fd12::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
]


@pytest.mark.parametrize("ip", NEVER + PRIVATE + ["100.64.0.1"])
def test_a_host_at_an_inner_address_is_refused(ip):
    """Private, loopback, link-local and metadata addresses are refused after the name was looked up, in any disguise."""
    with pytest.raises(IntakeError, match="not a public address"):
        resolve(ADDRESS, lookup=_answering(ip))
    with pytest.raises(IntakeError, match="not a public address"):
        resolve(ADDRESS, lookup=_answering("180.76.198.77", ip))


@pytest.mark.parametrize("ip", NEVER)
def test_some_addresses_are_never_allowed(ip):
    """Where clouds keep their secrets is refused even with `allow_local`."""
    with pytest.raises(IntakeError):
        resolve(ADDRESS, allow_local=True, lookup=_answering(ip))


@pytest.mark.parametrize("ip", PRIVATE)
def test_local_addresses_when_allowed(ip):
    """With `allow_local` a host may be here or next door."""
    assert resolve(ADDRESS, allow_local=True, lookup=_answering(ip)) == (ip,)


def test_names_without_an_answer():
    """A failing DNS is infrastructure; a public answer is used."""

    def fails(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    for lookup in (fails, _answering()):
        with pytest.raises(InfrastructureError):
            resolve(ADDRESS, lookup=lookup)
    assert resolve(ADDRESS, lookup=_answering("180.76.198.77", "2400:3200::1")) == ("180.76.198.77", "2400:3200::1")


@settings(deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(["", "https://", "ssh://", "git@gitee.com:", "https://gitee.com/", "ext::", "file://", "-"]),
)
def test_any_text_is_an_address_or_an_error(text, start):
    """Nothing a person can type raises anything but our error; what passes is on a host of the course and safe for git."""
    try:
        address = parse_address(start + text, HOSTS)
    except GraderError as error:
        error.render("zh").encode("utf-8", "surrogatepass")
        return
    assert address.host in {host.partition(":")[0] for host in HOSTS}
    assert address.url.startswith("https://")
    assert "@" not in address.url.removeprefix("https://").partition("/")[0]
    assert address.url.isascii()
    assert not any(ord(c) <= 0x20 for c in address.url)
    assert "/../" not in address.url + "/"


@settings(deadline=None)
@given(
    secret=st.text("abcdefghijklmnopqrstuvwxyz0123456789!$%&*+-./:;=?@#_~", min_size=1, max_size=20),
    scheme=st.sampled_from(["https://", "http://", "ssh://", "ftp://", ""]),
    host=st.sampled_from(["gitee.com", "evil.example", "gitee.com:8443"]),
)
def test_what_stands_before_the_host_is_never_repeated(secret, scheme, host):
    """However odd a password is, an address with one is refused, and the password is not in the error."""
    secret = f"5ecret{secret}5ecret"
    with pytest.raises(IntakeError) as caught:
        parse_address(f"{scheme}s01:{secret}@{host}/s01/hw", HOSTS)
    said = caught.value.render("en") + caught.value.render("zh")
    assert "5ecret" not in said


@settings(deadline=None)
@given(
    st.lists(st.text("abAB12.作业_- ", min_size=1, max_size=8).map("x{}".format), min_size=1, max_size=4),
    st.sampled_from(["tree", "blob"]),
)
def test_page_addresses_and_their_parts(parts, page):
    """Splitting and joining the tail loses nothing, and never invents a branch."""
    address = parse_address(f"https://gitlab.com/s01/hw/-/{page}/main/" + "/".join(parts), HOSTS)
    branch, folder = split_tail(address, ["main"])
    assert branch == "main"
    kept = [part for part in (folder or "").split("/") if part]
    expected = address.tail.split("/")[1:]
    assert kept == (expected[:-1] if page == "blob" else expected)
