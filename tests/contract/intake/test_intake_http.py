"""What hosts do: branches, access, silence, waits, redirects, old protocols."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import pytest
from git_server import GitServer

from grader.course.course import Host
from grader.errors import InfrastructureError, IntakeError, UsageError
from grader.intake import parse_address

CODE = b"\xef\xbb\xbfprint('\xe4\xbd\xa0\xe5\xa5\xbd')\r\n"


def test_bytes_arrive_as_committed(school):
    """Line ends and byte order marks are kept; commit, branch and the student's own date are named."""
    commit = school.repository(head="trunk").commit({"day31/collect.py": CODE, "day31/a b.txt": "x"}, branch="trunk")
    found = school.take()
    assert dict(found.snapshot.files) == {"a b.txt": b"x", "collect.py": CODE}
    assert (found.snapshot.file, found.commit, found.branch) == ("collect.py", commit, "trunk")
    assert found.commit_date is not None
    assert found.commit_date.isoformat() == "2025-11-24T16:00:00+00:00"
    assert found.seen_at is not None


def test_a_default_branch_with_an_odd_name(school):
    """The remote is asked for its default branch; nothing is assumed about its name."""
    school.repository(files={"collect.py": "1"}, head="作业/第一次")
    assert school.take().branch == "作业/第一次"


def test_a_default_branch_that_does_not_exist(school):
    """HEAD names a branch nobody pushed: the only branch is taken and that is said; of several, main or master."""
    repository = school.repository(head="gone")
    repository.commit({"collect.py": "1"}, branch="work")
    found = school.take()
    assert found.branch == "work"
    assert "default branch does not exist" in str(found.snapshot.notices[0])
    repository.commit({"collect.py": "2"}, branch="other")
    with pytest.raises(IntakeError, match="no default branch; there are other, work"):
        school.take()
    repository.commit({"collect.py": "3"}, branch="master")
    assert school.take().branch == "master"


def test_a_detached_head(school):
    """HEAD at a commit and at no branch: that commit is graded."""
    repository = school.repository(files={"collect.py": "1"})
    first = repository.git("rev-parse", "main")
    repository.commit({"collect.py": "2"}, after=first)
    repository.git("update-ref", "--no-deref", "HEAD", first)
    assert (school.take().commit, school.take().branch) == (first, "HEAD")


def test_an_empty_repository(school):
    """Nothing was ever pushed: missing, with what to do."""
    school.repository()
    with pytest.raises(IntakeError, match="is empty"):
        school.take()


def test_a_branch_that_is_not_there_lists_those_that_are(school):
    """Another branch is graded when it is named; a wrong name lists the right ones."""
    repository = school.repository(files={"collect.py": "1"})
    repository.commit({"collect.py": "2"}, branch="dev")
    assert school.take(branch="dev").snapshot.files["collect.py"] == b"2"
    with pytest.raises(IntakeError, match="no branch devel; there are dev, main"):
        school.take(branch="devel")
    with pytest.raises(IntakeError, match="no branch --upload-pack=touch x"):
        school.take(branch="--upload-pack=touch x")


def test_a_pasted_page_names_branch_and_folder(school):
    """Branch and folder are taken from /tree/ and /blob/ addresses, branches with slashes too."""
    repository = school.repository(files={"collect.py": "0"})
    repository.commit({"collect.py": "1", "作业 一/collect.py": "2"}, branch="feature/x")
    page = school.server.url("s01") + "/tree/feature/x/%E4%BD%9C%E4%B8%9A%20%E4%B8%80"
    assert school.take(url=page).snapshot.files == {"collect.py": b"2"}
    page = school.server.url("s01") + "/blob/feature/x/作业 一/collect.py"
    assert school.take(url=page).snapshot.files == {"collect.py": b"2"}
    assert school.take(url=school.server.url("s01") + "/tree/main").snapshot.files == {"collect.py": b"0"}


def test_one_request_for_many_assignments(school):
    """Each repository is asked once per run, whatever the number of assignments; a failure is remembered as well."""
    school.repository(files={"a.py": "1", "b.py": "2"})
    mirrors = school.mirrors()
    school.take(file="a.py", mirrors=mirrors)
    asked = len(school.server.requests)
    school.take(file="b.py", mirrors=mirrors)
    assert len(school.server.requests) == asked
    for _ in range(2):
        with pytest.raises(IntakeError):
            school.take("nobody", mirrors=mirrors)
    assert len([r for r in school.server.requests if "nobody" in r]) == 1


def test_an_unchanged_repository_is_not_fetched_again(school):
    """The next run asks what there is and, the commit being here already, no more."""
    school.repository(files={"collect.py": "1"})
    school.take()
    before = len(school.server.requests)
    school.take()
    assert len(school.server.requests) - before == 2  # capabilities and references, no pack


@pytest.mark.parametrize("status", [401, 403, 404])
def test_no_access(school, status):
    """Private or not there: missing, at once, with what to do; nobody is asked for a password."""
    school.repository(files={"collect.py": "1"})
    school.server.answers["s01"] = deque([(status, {"WWW-Authenticate": "Basic"} if status == 401 else {})] * 9)
    with pytest.raises(IntakeError, match="No access") as caught:
        school.take()
    assert "public" in str(caught.value)
    assert school.waits == []


def _files_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("text", ["{}", "s01:{}\r\n", "{}\n"])
def test_a_token_opens_a_private_repository_and_is_seen_nowhere(school, tmp_path, text):
    """The token reaches the host and is in no argument list, environment, file, object or error."""
    token = "glpat-5ecret5ecret"
    (tmp_path / "token").write_bytes(text.format(token).encode())
    school.hosts[f"127.0.0.1:{school.server.server_port}"] = Host(token_file=tmp_path / "token")
    school.repository(files={"collect.py": "1"})
    school.server.needs_token["s01"] = token
    seen: list[str] = []

    def look(_: object) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            for name in ("cmdline", "environ"):
                try:
                    if token.encode() in (process / name).read_bytes():
                        seen.append(f"{process.name}/{name}")
                except OSError:
                    continue

    school.server.on_request = look
    found = school.take()
    assert found.snapshot.files["collect.py"] == b"1"
    assert seen == []
    assert token.encode() not in _files_of(school.home)
    assert token not in repr(found)


def test_a_token_the_host_does_not_accept_is_no_students_fault(school, tmp_path):
    """A token that ran out makes nobody's work missing; the message does not hold it."""
    (tmp_path / "token").write_text("expired-5ecret")
    school.hosts[f"127.0.0.1:{school.server.server_port}"] = Host(token_file=tmp_path / "token")
    school.repository(files={"collect.py": "1"})
    school.server.needs_token["s01"] = "another"
    with pytest.raises(InfrastructureError, match="did not accept the course's access token") as caught:
        school.take()
    assert "5ecret" not in str(caught.value)


def test_a_token_is_not_given_to_another_repository_host(school, tmp_path):
    """A token belongs to one host and port; a private repository elsewhere stays closed."""
    (tmp_path / "token").write_text("right")
    school.hosts["127.0.0.1:1"] = Host(token_file=tmp_path / "token")
    school.repository(files={"collect.py": "1"})
    school.server.needs_token["s01"] = "right"
    with pytest.raises(IntakeError, match="No access"):
        school.take()


def test_a_token_file_that_is_missing(school, tmp_path):
    """The operator is told, the student is not blamed."""
    school.hosts[f"127.0.0.1:{school.server.server_port}"] = Host(token_file=tmp_path / "none")
    school.repository(files={"collect.py": "1"})
    with pytest.raises(InfrastructureError, match="cannot be read"):
        school.take()


def test_a_host_that_never_answers_is_ended_by_the_cap(school):
    """A silent host costs its time limit and is not the student's fault."""
    school.repository(files={"collect.py": "1"})
    school.server.silent.add("s01")
    school.caps = dataclasses.replace(school.caps, wall=0.5)
    with pytest.raises(InfrastructureError, match="did not answer"):
        school.take()
    assert school.server.asked.is_set()
    _silence(school.server)


def test_a_fetch_can_be_stopped(school):
    """Whoever runs a batch can end a fetch that hangs; no git process stays behind."""
    school.repository(files={"collect.py": "1"})
    school.server.silent.add("s01")
    school.stop = threading.Event()

    def stop_once_asked() -> None:
        school.server.asked.wait(60)
        school.stop.set()

    waiter = threading.Thread(target=stop_once_asked)
    waiter.start()
    with pytest.raises(InfrastructureError, match="stopped"):
        school.take()
    waiter.join()
    _silence(school.server)


def _silence(server: GitServer) -> None:
    """No process has the server's address among its arguments any more: git and its helpers are gone."""
    deadline = time.monotonic() + 60
    while any(f"127.0.0.1:{server.server_port}/".encode() in line for line in _command_lines()):
        assert time.monotonic() < deadline, "a git process was left behind"
        time.sleep(0.02)


def _command_lines() -> list[bytes]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.append((process / "cmdline").read_bytes())
    return found


def test_too_many_requests(school):
    """429 is waited out as long as the host asks, and then goes on where it stopped."""
    school.repository(files={"collect.py": "1"})
    school.server.answers["s01"] = deque([(429, {"Retry-After": "7"}), (429, {"retry-after": "8"})])
    assert school.take().snapshot.files["collect.py"] == b"1"
    assert school.waits == [7.0, 8.0]


def test_too_many_requests_for_too_long(school):
    """A wait is capped, tries are counted, and then it is the host's fault: nobody gets a zero."""
    school.repository(files={"collect.py": "1"})
    school.server.answers["s01"] = deque([(429, {"Retry-After": "86400"})] * 9)
    with pytest.raises(InfrastructureError, match="429"):
        school.take()
    assert school.waits == [60.0, 60.0, 60.0]


def test_a_class_that_is_throttled_half_way(school):
    """A host that has had enough after the third student is waited for once, and the class is whole."""

    def sleep(seconds: float) -> None:
        school.waits.append(seconds)
        school.server.throttled = False

    students = [f"s{n:02}" for n in range(1, 7)]
    mirrors = school.mirrors(sleep=sleep)
    for n, student in enumerate(students):
        school.repository(student, files={"collect.py": student})
        school.server.throttled = n == 3
        assert school.take(student, mirrors=mirrors).snapshot.files["collect.py"] == student.encode()
    assert school.waits == [5.0]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_broken_host(school, status):
    """5xx is tried again with growing waits; then it is infrastructure."""
    school.repository(files={"collect.py": "1"})
    school.server.answers["s01"] = deque([(status, {})] * 2)
    assert school.take().snapshot.files["collect.py"] == b"1"
    assert school.waits == [1.0, 2.0]
    school.server.answers["s01"] = deque([(status, {})] * 9)
    with pytest.raises(InfrastructureError, match=str(status)):
        school.take()


def test_a_host_that_is_down_all_night(school):
    """After three students in vain the rest is asked once each, without waiting, until the host answers again."""
    mirrors = school.mirrors()
    for n in range(1, 8):
        school.repository(f"s{n:02}", files={"collect.py": "1"})
        school.server.answers[f"s{n:02}"] = deque([(503, {})] * (9 if n < 6 else 0))
    for n in range(1, 6):
        with pytest.raises(InfrastructureError, match="503"):
            school.take(f"s{n:02}", mirrors=mirrors)
    assert school.waits == [1.0, 2.0, 4.0] * 3
    assert len([r for r in school.server.requests if "s05" in r]) == 1
    assert school.take("s06", mirrors=mirrors).snapshot.files["collect.py"] == b"1"
    school.server.answers["s07"] = deque([(503, {})])
    assert school.take("s07", mirrors=mirrors).snapshot.files["collect.py"] == b"1"
    assert len(school.waits) == 10


def test_a_redirect_to_another_host(school, tmp_path):
    """It is refused, and the other host is never asked."""
    (tmp_path / "elsewhere").mkdir()
    with GitServer(tmp_path / "elsewhere") as other:
        school.server.redirects["s01"] = other.url("s01")
        with pytest.raises(IntakeError, match="redirects to another place"):
            school.take()
        assert other.requests == []


def test_a_redirect_on_the_same_host(school):
    """A renamed repository is followed and remembered; a circle is not followed for ever."""
    school.repository("new", files={"collect.py": "1"})
    school.server.redirects["old"] = school.server.url("new")
    assert school.take("old").snapshot.files["collect.py"] == b"1"
    school.server.redirects |= {"a": school.server.url("b"), "b": school.server.url("a")}
    with pytest.raises(IntakeError, match="redirects"):
        school.take("a")


def test_a_redirect_to_a_login_page(school):
    """Hosts that send strangers to a page mean: no access."""
    school.server.answers["s01"] = deque([(302, {"Location": "/login?next=s01"})])
    with pytest.raises(IntakeError, match="No access"):
        school.take()


def test_a_host_that_knows_only_the_old_protocol(school):
    """Protocol version 0 is enough."""
    school.server.old_protocol = True
    commit = school.repository(files={"collect.py": "1"}, filters=False).git("rev-parse", "main")
    assert school.take().commit == commit


def test_a_page_that_is_no_repository(school):
    """Something answers, but not git."""
    school.server.pages["s01"] = b"<!doctype html><title>404</title><p>not here"
    with pytest.raises(IntakeError, match="no git repository"):
        school.take()


def test_a_host_without_an_address(school):
    """DNS failures are infrastructure."""
    school.hosts["git.invalid"] = Host()
    with pytest.raises(InfrastructureError, match=r"git\.invalid cannot be found"):
        school.take(url="https://git.invalid/s01/homework")


def test_git_connects_to_the_address_that_was_checked(school, monkeypatch):
    """A second answer of the DNS changes nothing: git is told the address that was looked at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        school.hosts[f"git.invalid:{port}"] = Host()
        monkeypatch.setattr(
            "socket.getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        )
        reached = threading.Event()

        def accept() -> None:
            with contextlib.suppress(OSError):  # nobody came, and the listener was closed
                connection, _ = listener.accept()
                connection.close()
                reached.set()

        waiter = threading.Thread(target=accept)
        waiter.start()
        school.caps = dataclasses.replace(school.caps, retries=0)
        with pytest.raises(InfrastructureError, match="could not be fetched"):
            school.take(url=f"https://git.invalid:{port}/s01/homework")
        listener.shutdown(socket.SHUT_RDWR)
        waiter.join()
        assert reached.is_set()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here to make a certificate with")
def test_a_certificate_nobody_vouches_for(school, tmp_path, monkeypatch):
    """Whoever answers in a host's place is not believed, whatever the environment says."""
    request = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    made = tmp_path / "certificate.pem"
    subprocess.run(["openssl", *request, "-keyout", made, "-out", made], check=True, capture_output=True)
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
    monkeypatch.setenv("GIT_SSL_CAINFO", str(made))
    school.repository(files={"collect.py": "1"})
    with GitServer(school.server.root, made) as server:
        with pytest.raises(InfrastructureError, match="certificate"):
            school.take(url=server.url("s01"))
        assert server.requests == []


def test_a_force_push_changes_nothing_that_was_pinned(school):
    """The commit seen in time is graded though it was pushed over, thrown away by the host, and the repository deleted."""
    repository = school.repository(files={"day31/collect.py": "good"})
    good = school.take()
    repository.git("update-ref", "-d", "refs/heads/main")
    bad = repository.commit({"collect.py": "bad"})
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "-q", "--prune=now")
    assert school.take().commit == bad
    again = school.take(commit=good.commit)
    assert again.snapshot == good.snapshot
    repository.path.rename(repository.path.with_suffix(".gone"))
    assert school.take(commit=good.commit, file="collect.py").snapshot.files == {"collect.py": b"good"}


def test_a_commit_must_be_named_in_full(school):
    """Half an id is no id."""
    with pytest.raises(UsageError):
        school.take(commit="abc123")


def test_an_unrelated_push_is_the_same_attempt(school):
    """The attempt's identity is its own files: other folders, modes and dates do not count; its own do."""
    repository = school.repository(files={"day31/collect.py": "1", "day31/data.txt": "2", "README.md": "a"})
    first = school.take()
    repository.commit({"day31/collect.py": "1", "day31/data.txt": "2", "day32/buy.py": "b"}, date=1764100000)
    second = school.take()
    assert first.commit != second.commit
    assert (first.tree, first.snapshot.digest) == (second.tree, second.snapshot.digest)
    repository.commit({"day31/collect.py": "1", "day31/data.txt": "3"})
    assert school.take().tree != first.tree


def test_at_the_root_only_the_roots_own_files(school):
    """A file at the root comes with its neighbours, not with every folder of the repository."""
    repository = school.repository(files={"collect.py": "1", "data.txt": "2", "day32/buy.py": "3"})
    first = school.take()
    assert sorted(first.snapshot.files) == ["collect.py", "data.txt"]
    repository.commit({"collect.py": "1", "data.txt": "2", "day33/new.py": "4"})
    assert school.take().tree == first.tree


def test_four_processes_and_one_mirror(school, tmp_path):
    """Processes that want the same repository at once wait for each other and agree."""
    commit = school.repository(files={"collect.py": "1"}).git("rev-parse", "main")
    program = f"""
import sys
from pathlib import Path
from types import SimpleNamespace as S
from grader.intake import take
found = take(S(hosts={{}}), S(day=1, submit=S(file="collect.py", answers=None)), {school.server.url("s01")!r},
             home=Path({str(school.home)!r}), allow_local=True)
print(found.commit, found.snapshot.digest)
"""
    running = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
        for _ in range(4)
    ]
    said = {process.communicate(timeout=120)[0] for process in running}
    assert len(said) == 1
    assert commit.encode() in said.pop()
    address = parse_address(school.server.url("s01"), school.hosts, allow_local=True)
    packs = list((school.home / "mirrors" / address.key / "objects" / "pack").glob("*.pack"))
    assert len(packs) == 1


def test_killed_while_fetching(school):
    """A grader killed in the middle of a fetch leaves nothing that the next one stumbles over."""
    school.repository(files={"collect.py": "1"})
    program = f"""
from pathlib import Path
from types import SimpleNamespace as S
from grader.intake import take
take(S(hosts={{}}), S(day=1, submit=S(file="collect.py", answers=None)), {school.server.url("s01")!r},
     home=Path({str(school.home)!r}), allow_local=True)
"""
    seen = iter(range(100))

    def silent_from_the_fetch_on(_: object) -> None:
        if next(seen) == 3:  # references were told; now the pack is asked for
            school.server.silent.add("s01")

    school.server.on_request = silent_from_the_fetch_on
    with subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[3]) as process:
        assert school.server.asked.wait(60)
        process.kill()
    address = parse_address(school.server.url("s01"), {}, allow_local=True)
    (school.home / "mirrors" / address.key / "shallow.lock").touch()
    (school.home / "mirrors" / address.key / "objects" / "pack" / "tmp_pack_x").write_bytes(b"half")
    school.server.silent.clear()
    school.server.released.set()
    assert school.take().snapshot.files["collect.py"] == b"1"
    assert not list((school.home / "mirrors" / address.key).rglob("tmp_*"))


def test_the_environment_of_whoever_runs_the_grader_changes_nothing(school, tmp_path, monkeypatch):
    """Variables and configuration files of the operator, hostile or not, do not reach git."""
    marker = tmp_path / "marker"
    (tmp_path / ".gitconfig").write_text(
        f'[core]\n\tsshCommand = "touch {marker}"\n\tfsmonitor = "touch {marker}"\n[credential]\n\thelper = "!touch {marker}"\n'
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_ASKPASS", f"touch {marker}")
    monkeypatch.setenv("GIT_SSH_COMMAND", f"touch {marker}")
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "url.http://127.0.0.1:9/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "http://127.0.0.1:")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    school.repository(files={"collect.py": "1"})
    assert school.take().snapshot.files["collect.py"] == b"1"
    school.repository("private")
    school.server.needs_token["private"] = "x"
    with pytest.raises(IntakeError, match="No access"):
        school.take("private")
    assert not marker.exists()
