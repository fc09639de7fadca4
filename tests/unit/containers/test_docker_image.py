"""Which sandbox/ an image holds, and what goes into its build."""

import io
import json
import tarfile

import pytest

from grader.containers import docker_image, docker_seccomp
from grader.containers.docker_image import pack, sandbox_digest, sandbox_files
from grader.errors import SandboxError


def test_the_image_holds_the_modules_and_the_lock():
    """The driver, the protocol and the lock go in; nothing of the grader, no bytecode."""
    files = sandbox_files()
    assert {"sandbox/driver.py", "sandbox/protocol.py", "sandbox/requirements.lock"} <= files.keys()
    assert all(name.startswith("sandbox/") and name.endswith((".py", ".lock")) for name in files)
    assert b"greenlet==" in files["sandbox/requirements.lock"]
    assert b"--hash=sha256:" in files["sandbox/requirements.lock"]


def test_the_lock_agrees_with_the_graders_own():
    """Inside and outside have the same greenlet."""
    line = next(
        line
        for line in sandbox_files()["sandbox/requirements.lock"].decode().splitlines()
        if line.startswith("greenlet==")
    )
    assert line in (docker_image.ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()


def test_the_digest_names_every_byte():
    """A changed byte, a renamed, added or removed file, a byte that moved to its neighbour: all are another sandbox."""
    files = {"sandbox/a.py": b"one", "sandbox/b.py": b"two"}
    others = [
        {"sandbox/a.py": b"onE", "sandbox/b.py": b"two"},
        {"sandbox/a.py": b"one", "sandbox/c.py": b"two"},
        {"sandbox/a.py": b"one"},
        {"sandbox/a.py": b"onet", "sandbox/b.py": b"wo"},
        {**files, "sandbox/c.py": b""},
    ]
    digests = [sandbox_digest(each) for each in (files, *others)]
    assert len(set(digests)) == len(digests)
    assert sandbox_digest(dict(reversed(files.items()))) == digests[0]


def test_the_context_is_the_same_every_time(tmp_path):
    """Dockerfile, sandbox/ and wheels, without names or times of this machine: equal inputs, equal bytes."""
    (tmp_path / "greenlet-1-py3-none-any.whl").write_bytes(b"wheel")
    (tmp_path / "notes.txt").write_bytes(b"no wheel")
    files = {"sandbox/b.py": b"2", "sandbox/a.py": b"1"}
    context = pack(files, tmp_path)
    assert context == pack(dict(reversed(files.items())), tmp_path)
    with tarfile.open(fileobj=io.BytesIO(context)) as tar:
        assert tar.getnames() == ["Dockerfile", "sandbox/a.py", "sandbox/b.py", "wheels/greenlet-1-py3-none-any.whl"]
        assert {(m.uid, m.gid, m.uname, m.mtime) for m in tar} == {(0, 0, "", 0)}


def test_the_default_base_is_the_dockerfiles():
    """One default base, in both places."""
    text = (docker_image.ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert f"ARG BASE_IMAGE={docker_image.BASE}\n" in text
    assert " AS sandbox\n" in text
    assert " AS grader\n" in text


def test_wheels_that_cannot_be_fetched_say_what_to_do(tmp_path, monkeypatch):
    """No network: the error names the way without."""
    monkeypatch.setattr(docker_image, "ROOT", tmp_path)
    with pytest.raises(SandboxError, match="cannot be fetched") as caught:
        docker_image.download(tmp_path / "out", "3.11.2", "x86_64")
    assert "--wheels" in str(caught.value.remedy)


def test_digest_is_a_command(capsys):
    """An operator can ask which sandbox this is."""
    assert docker_image.main(["digest"]) == 0
    assert capsys.readouterr().out.strip() == sandbox_digest(sandbox_files())


def test_the_system_calls_that_lead_out_are_not_allowed():
    """Nothing that looks into another process, makes namespaces, or passes by the filter is on the list."""
    profile = json.loads(docker_seccomp.profile())
    allowed = {
        name
        for rule in profile["syscalls"]
        if rule["action"] == "SCMP_ACT_ALLOW" and not rule.get("args")
        for name in rule["names"]
    }
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert not allowed & {
        "ptrace",
        "process_vm_readv",
        "process_vm_writev",
        "pidfd_getfd",
        "kcmp",
        "keyctl",
        "add_key",
        "request_key",
        "bpf",
        "perf_event_open",
        "userfaultfd",
        "io_uring_setup",
        "io_uring_enter",
        "io_uring_register",
        "mount",
        "umount2",
        "setns",
        "unshare",
        "pivot_root",
        "chroot",
        "clone",
        "clone3",
        "personality",
        "socket",
        "memfd_create",
        "mknod",
        "shmget",
        "init_module",
        "kexec_load",
        "reboot",
        "swapon",
        "open_by_handle_at",
        "name_to_handle_at",
        "settimeofday",
    }
    assert {"read", "futex", "execve", "fork", "bind", "epoll_wait", "sched_yield", "prctl"} <= allowed
