"""Private repositories by ssh: a real sshd on a loopback port, run by whoever runs the tests."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from grader.course.course import Host
from grader.errors import InfrastructureError, IntakeError

SSHD = shutil.which("sshd", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
pytestmark = pytest.mark.skipif(
    SSHD is None or shutil.which("ssh-keygen") is None, reason="no sshd here (apt-get install openssh-server)"
)


def _key(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    return path


class Sshd:
    """A running server, its keys in `folder`, and the address of a repository on it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.host_key, self.user_key = _key(folder / "host"), _key(folder / "user key")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (folder / "authorized").write_text(self.user_key.with_suffix(".pub").read_text())
        kind, public, *_ = self.host_key.with_suffix(".pub").read_text().split()
        self.known_hosts = folder / "known hosts"
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {kind} {public}\n")
        config = folder / "config"
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.host_key}\nAuthorizedKeysFile {folder}/authorized\n"
            "PidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            "PermitRootLogin prohibit-password\nPermitUserEnvironment no\n"
        )
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        assert SSHD
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(config)], stderr=self.log, stdin=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                assert self.process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)

    def url(self, repository: Path) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{repository}"

    def host(self, **changes: Path) -> Host:
        return Host(**({"ssh_key": self.user_key, "known_hosts": self.known_hosts} | changes))

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


@pytest.fixture
def sshd(tmp_path):
    server = Sshd(tmp_path / "sshd")
    yield server
    server.close()


@pytest.fixture
def served(school, sshd):
    """A repository with Chinese letters and a space in its path, and the course's own key for the host."""
    repository = school.repository("王小明 s01", files={"day31/collect.py": "1"})
    school.hosts[f"127.0.0.1:{sshd.port}"] = sshd.host()
    login = subprocess.run(
        ["ssh", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", f'UserKnownHostsFile="{sshd.known_hosts}"', "-p", str(sshd.port),
         "-i", str(sshd.user_key), f"{getpass.getuser()}@127.0.0.1", "git", "--version"],
        capture_output=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if b"git version" not in login.stdout:
        pytest.skip(f"this account cannot log in to itself: {login.stderr.decode(errors='replace').strip()[-200:]}")
    return sshd.url(repository.path)


def test_a_private_repository_by_ssh_key(school, served):
    """The course's key opens it; nothing of the key is in the mirror."""
    found = school.take(url=served)
    assert dict(found.snapshot.files) == {"collect.py": b"1"}
    key = next(iter(school.hosts.values())).ssh_key or next(h.ssh_key for h in school.hosts.values() if h.ssh_key)
    secret = key.read_bytes().splitlines()[1]
    assert not any(secret in path.read_bytes() for path in school.home.rglob("*") if path.is_file())
    assert getpass.getuser() + "@" not in found.address.shown


def test_a_key_the_host_does_not_accept(school, served, sshd, tmp_path):
    """No access: the student is told whom to let in."""
    school.hosts[f"127.0.0.1:{sshd.port}"] = sshd.host(ssh_key=_key(tmp_path / "stranger"))
    with pytest.raises(IntakeError, match="No access"):
        school.take(url=served)


def test_a_host_that_shows_another_key(school, served, sshd, tmp_path):
    """A host that is not the one in known_hosts is not talked to; that is no student's fault."""
    other = _key(tmp_path / "other").with_suffix(".pub").read_text().split()
    (tmp_path / "known").write_text(f"[127.0.0.1]:{sshd.port} {other[0]} {other[1]}\n")
    school.hosts[f"127.0.0.1:{sshd.port}"] = sshd.host(known_hosts=tmp_path / "known")
    with pytest.raises(InfrastructureError, match="Host key verification failed"):
        school.take(url=served)


def test_a_key_without_known_hosts(school, served, sshd):
    """The first key a host happens to show is never trusted: the course must name known_hosts."""
    school.hosts[f"127.0.0.1:{sshd.port}"] = Host(ssh_key=sshd.user_key)
    with pytest.raises(InfrastructureError, match="both ssh_key and known_hosts"):
        school.take(url=served)


def test_a_repository_that_is_not_there(school, served):
    """A wrong path is missing, not infrastructure."""
    with pytest.raises(IntakeError, match="No access"):
        school.take(url=served + "-gone")


def test_an_ssh_server_that_is_down(school, served, sshd):
    """Nobody listens: tried again, then infrastructure."""
    sshd.process.terminate()
    sshd.process.wait(60)
    with pytest.raises(InfrastructureError, match="could not be fetched"):
        school.take(url=served)
    assert school.waits == [1.0, 2.0, 4.0]
