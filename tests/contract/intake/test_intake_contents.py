"""What repositories hold: huge, many, linked, hidden, hostile."""

from __future__ import annotations

import dataclasses
import os
import random
from typing import TYPE_CHECKING

import pytest
from repositories import IDENTITY, Link, Submodule, Zeros

from grader.errors import IntakeError
from grader.intake import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

MB = 2**20


def told(found) -> str:
    return "\n".join(str(notice) for notice in found.snapshot.notices)


def leftovers(home: Path) -> list[Path]:
    return [p for p in home.rglob("*") if "tmp_" in p.name or (p.name.endswith(".lock") and p.parent.name != "mirrors")]


def test_a_huge_file(school):
    """300 MB beside the homework are left out and named; 300 MB in its place are missing, too large. So with partial clones
    and without."""
    huge = Zeros(300 * MB)
    repository = school.repository(
        "partial", files={"day31/collect.py": "1", "day31/video.mp4": huge, "day32/buy.py": huge, "day32/x": "2"}
    )
    (repository.path.parent / "whole.git").symlink_to(repository.path)
    for name, filters in ("partial", "true"), ("whole", "false"):
        repository.git("config", "uploadpack.allowFilter", filters)
        found = school.take(name)
        assert dict(found.snapshot.files) == {"collect.py": b"1"}
        assert "Left out, 1048576 bytes or more: video.mp4" in told(found)
        with pytest.raises(IntakeError, match=r"day32/buy\.py is too large"):
            school.take(name, file="buy.py", day=32)


def test_a_repository_above_the_byte_cap_is_stopped_while_fetching(school):
    """Bytes are counted while they arrive; nothing half-fetched stays, and the next repository is fine."""
    noise = random.Random(1)
    school.repository(files={f"data/{n}": noise.randbytes(MB - 1) for n in range(12)} | {"collect.py": "1"})
    school.repository("s02", files={"collect.py": "1"})
    school.caps = dataclasses.replace(school.caps, mirror=4 * MB)
    mirrors = school.mirrors()
    with pytest.raises(IntakeError, match="too large"):
        school.take(mirrors=mirrors)
    asked = len(school.server.requests)
    with pytest.raises(IntakeError, match="too large"):
        school.take(mirrors=mirrors)
    assert len(school.server.requests) == asked
    assert leftovers(school.home) == []
    assert sum(p.stat().st_size for p in school.home.rglob("*") if p.is_file()) < MB
    assert school.take("s02", mirrors=mirrors).snapshot.files["collect.py"] == b"1"


def test_a_file_limit_ends_what_was_too_quick_for_the_watcher(school, monkeypatch):
    """The kernel's own limit on the size of a file holds even if nobody looks."""
    monkeypatch.setattr("grader.intake.git._Reader._over", lambda *_: "")
    noise = random.Random(2)
    school.repository(files={f"data/{n}": noise.randbytes(MB - 1) for n in range(6)} | {"collect.py": "1"})
    school.caps = dataclasses.replace(school.caps, mirror=2 * MB)
    with pytest.raises(IntakeError, match="too large"):
        school.take()
    assert sum(p.stat().st_size for p in school.home.rglob("*") if p.is_file()) < MB


def fifty_thousand() -> dict:
    return {f"data/{n % 100}/{n}.txt": str(n) for n in range(50_000)} | {"day31/collect.py": "1"}


def test_fifty_thousand_files(school):
    """Many small files elsewhere are no reason to refuse the homework; where they are too many, they are counted."""
    school.repository(files=fifty_thousand())
    assert dict(school.take().snapshot.files) == {"collect.py": b"1"}
    school.caps = dataclasses.replace(school.caps, entries=10_000)
    with pytest.raises(IntakeError, match="too large"):
        school.take()


def test_a_tree_that_holds_itself_many_times(school):
    """A dozen objects that unfold to ten thousand million files: too large, and not unfolded."""
    repository = school.repository()
    tree = repository.git("mktree", stdin=f"100644 blob {repository.git('hash-object', '-w', '--stdin')}\tx\n".encode())
    for _ in range(10):
        tree = repository.git("mktree", stdin="".join(f"040000 tree {tree}\t{n}\n" for n in range(10)).encode())
    repository.git("update-ref", "refs/heads/main", repository.git("commit-tree", tree, "-m", "x"))
    with pytest.raises(IntakeError, match="too large"):
        school.take()


def test_paths_nobody_types(school):
    """Paths thousands of folders deep are passed over; the homework beside them is graded."""
    school.repository(files={"day31/collect.py": "1", "x/" * 3000 + "collect.py": "2", "y" * 2000: "3"})
    mirrors = school.mirrors()
    found = school.take(mirrors=mirrors)
    assert dict(found.snapshot.files) == {"collect.py": b"1"}
    assert [entry.path for entry in mirrors.commit(found.address, found.commit).entries] == ["day31/collect.py"]


def test_too_many_objects_are_refused_before_they_arrive(school):
    """The remote announces how many objects come; above the cap the fetch is ended."""
    school.repository(files={f"data/{n}": str(n) for n in range(3000)} | {"collect.py": "1"})
    school.caps = dataclasses.replace(school.caps, objects=1000)
    with pytest.raises(IntakeError, match="too large"):
        school.take()
    assert leftovers(school.home) == []


def test_a_folder_with_too_much_in_it(school):
    """Caps on what enters the sandbox: files and bytes of the homework's folder."""
    school.repository(files={f"day31/{n}.txt": "x" for n in range(30)} | {"day31/collect.py": "1"})
    school.caps = dataclasses.replace(school.caps, files=20)
    with pytest.raises(IntakeError, match="has 31 files; at most 20"):
        school.take()
    school.caps = dataclasses.replace(school.caps, files=100, snapshot=20)
    with pytest.raises(IntakeError, match="bigger than 20 bytes"):
        school.take()


@pytest.mark.parametrize("address", ["https://127.0.0.1:1/nobody/nothing.git", "ext::sh -c touch% {marker}", "../../x"])
def test_submodules_are_not_fetched(school, tmp_path, address):
    """A submodule, wherever it points, is not fetched; that is said, and nothing runs."""
    marker = tmp_path / "marker"
    modules = f'[submodule "lib"]\n\tpath = lib\n\turl = {address.format(marker=marker)}\n'
    school.repository(files={"collect.py": "1", ".gitmodules": modules, "lib": Submodule()})
    found = school.take()
    assert "Submodules are not fetched: lib" in told(found)
    assert sorted(found.snapshot.files) == ["collect.py"]
    assert not marker.exists()


def test_homework_inside_a_submodule(school):
    """The file is in a submodule: missing, and the reason is named."""
    school.repository(files={"README.md": "x", "homework": Submodule()})
    with pytest.raises(IntakeError, match="Submodules are not fetched: homework"):
        school.take()
    with pytest.raises(IntakeError, match="homework is a submodule"):
        school.take(folder="homework")


@pytest.mark.parametrize(
    ("modules", "why"),
    [
        ('[submodule "../../../etc"]\n\tpath = lib\n\turl = https://gitee.com/a/b\n', "gitmodulesName"),
        ('[submodule "lib"]\n\tpath = lib\n\turl = https://gitee.com/a/b\n\tupdate = !touch x\n', "gitmodulesUpdate"),
        ('[submodule "lib"]\n\tpath = lib\n\turl = -u./x\n', "gitmodulesUrl"),
    ],
)
def test_a_submodule_that_means_harm(school, modules, why):
    """A .gitmodules that would write outside or run a program is refused by git's own check, with the reason."""
    school.repository(files={"collect.py": "1", ".gitmodules": modules, "lib": Submodule()})
    with pytest.raises(IntakeError, match=rf"forbidden objects: .*{why}"):
        school.take()


@pytest.mark.parametrize("name", [".git", ".GIT", "git~1", ".."])
def test_a_tree_with_a_name_that_would_be_a_repository(school, name):
    """Names that some system reads as .git are refused, with the reason."""
    repository = school.repository()
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"1")
    entry = b"100644 %s\0" + bytes.fromhex(blob)
    tree = repository.git(
        "hash-object", "-w", "-t", "tree", "--literally", "--stdin",
        stdin=b"".join(b"100644 " + n.encode() + b"\0" + bytes.fromhex(blob) for n in sorted([name, "collect.py"])),
    )  # fmt: skip
    assert entry
    repository.git("update-ref", "refs/heads/main", repository.git("commit-tree", tree, "-m", "x"))
    with pytest.raises(IntakeError, match="forbidden objects"):
        school.take()


def test_nothing_of_a_repository_runs(school, tmp_path):
    """Hooks, configuration, attributes with filters, fsmonitor: a marker file never appears, from a server or a folder."""
    marker = tmp_path / "marker"
    repository = school.repository(
        files={
            "day31/collect.py": "1",
            ".gitattributes": "* filter=evil diff=evil merge=evil text eol=crlf ident\n",
            ".gitconfig": f'[filter "evil"]\n\tsmudge = touch {marker}\n',
            ".lfsconfig": "[lfs]\n\turl = http://127.0.0.1:1/\n",
        }
    )
    hooks = repository.path / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "pre-receive", "reference-transaction", "fsmonitor-watchman", "post-upload-pack"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / name).chmod(0o755)
    with (repository.path / "config").open("a") as config:
        config.write(
            f'[core]\n\tfsmonitor = "touch {marker}; false"\n\tsshCommand = "touch {marker}"\n\tpager = "touch {marker}"\n'
            f'\thooksPath = {hooks}\n[filter "evil"]\n\tsmudge = touch {marker}\n\tprocess = touch {marker}\n'
            f'[diff "evil"]\n\ttextconv = touch {marker}\n[uploadpack]\n\tpackObjectsHook = touch {marker}\n'
        )
    assert school.take().snapshot.files == {"collect.py": b"1"}
    mirrors = school.mirrors()
    assert school.take(url=str(repository.path), mirrors=mirrors).snapshot.files == {"collect.py": b"1"}
    assert not marker.exists()


def test_a_replaced_commit_is_not_believed(school):
    """Replace references and grafts change nothing: the object that was named is the one that is read."""
    repository = school.repository(files={"collect.py": "real"})
    real = repository.git("rev-parse", "main")
    other = repository.commit({"collect.py": "other"}, branch="other")
    repository.git("replace", real, other)
    replaced = school.home / "mirrors" / "reader" / "refs" / "replace" / real
    school.take()
    replaced.parent.mkdir(parents=True)
    replaced.write_text(other + "\n")
    school.take(branch="other")
    found = school.take()
    assert (found.commit, dict(found.snapshot.files)) == (real, {"collect.py": b"real"})


def test_an_lfs_pointer(school):
    """A pointer is not the file: missing, with how to mend it."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
    school.repository(files={"collect.py": pointer, ".gitattributes": "*.py filter=lfs diff=lfs merge=lfs -text\n"})
    with pytest.raises(IntakeError, match="only a Git LFS pointer") as caught:
        school.take()
    assert "git lfs untrack" in str(caught.value)
    school.repository("s02", files={"collect.py": "1", "data.bin": pointer})
    found = school.take("s02")
    assert dict(found.snapshot.files) == {"collect.py": b"1"}
    assert "Git LFS files are not fetched: data.bin" in told(found)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../etc/passwd", "day31/real.py"])
def test_links_are_not_followed(school, target):
    """A symbolic link in place of the file is missing, with the reason; links beside the file are left out and named."""
    repository = school.repository(files={"collect.py": Link(target), "day31/real.py": "1"})
    with pytest.raises(IntakeError, match=r"collect\.py is a symbolic link"):
        school.take()
    repository.commit({"day31/collect.py": "1", "day31/passwd": Link(target), "sub": Link("day31")})
    found = school.take()
    assert dict(found.snapshot.files) == {"collect.py": b"1"}
    assert "Symbolic links are not followed: day31/passwd" in told(found)
    with pytest.raises(IntakeError, match="sub is a symbolic link"):
        school.take(folder="sub")


def test_names_that_differ_only_in_capital_letters(school):
    """Both are kept and a warning is given; the name asked for must match exactly."""
    school.repository(files={"day31/collect.py": "1", "day31/Data.py": "2", "day31/data.py": "3"})
    found = school.take()
    assert sorted(found.snapshot.files) == ["Data.py", "collect.py", "data.py"]
    assert "differ only in capital letters: Data.py, data.py" in told(found)
    school.repository("s02", files={"Collect.py": "1"})
    with pytest.raises(IntakeError, match=r"Looked for collect\.py, found Collect\.py"):
        school.take("s02")


def test_a_folder_in_the_wrong_case(school):
    """The folder looked for and the one found are both named."""
    school.repository(files={"HW1/collect.py": "1", "HW2/collect.py": "2"})
    with pytest.raises(IntakeError, match="Looked for the folder hw1, found HW1"):
        school.take(folder="hw1")
    assert school.take(folder="HW1").snapshot.files == {"collect.py": b"1"}


def test_names_that_are_not_utf8(school):
    """Such names are kept byte for byte, shown escaped, and survive saving."""
    name = "day31/作业".encode("gb18030") + b".txt"
    school.repository(files={"day31/collect.py": "1", name: "2", "\u202egpj.py": "3"})
    found = school.take()
    assert {os.fsencode(n): data for n, data in found.snapshot.files.items()} == {
        b"collect.py": b"1",
        "作业".encode("gb18030") + b".txt": b"2",
    }
    assert Snapshot.load(school.home, found.snapshot.digest) == found.snapshot
    school.repository("s02", files={name: "2"})
    with pytest.raises(IntakeError, match=r"found day31/\\xd7\\xf7ҵ\.txt") as caught:
        school.take("s02")
    str(caught.value).encode()


def test_chinese_paths_with_spaces_and_a_folder_per_day(school):
    """The day's folder is found whatever else its name says; neighbours come along."""
    school.repository(
        files={
            f"02 Python进阶 网络编程&并发编程/day{day} 第{day}天 作业/{name}": str(day)
            for day in range(30, 37)
            for name in ("collect.py", "我的 模块.py", "子 文件夹/数据.txt")
        }
    )
    found = school.take(day=33)
    assert dict(found.snapshot.files) == {"collect.py": b"33", "我的 模块.py": b"33", "子 文件夹/数据.txt": b"33"}
    assert told(found) == ""


def test_a_committed_virtual_environment(school):
    """Files of the same name inside an environment are nobody's homework, and no part of a snapshot."""
    environment = {
        "day31/我的环境/pyvenv.cfg": "home = /usr",
        "day31/我的环境/lib/python3.11/site-packages/pip/collect.py": "x",
        "day31/我的环境/bin/collect.py": "x",
        "old/Lib/site-packages/x.py": "x",
        "old/Scripts/day31/collect.py": "x",
        "web/node_modules/day31/collect.py": "x",
        ".idea/day31/collect.py": "x",
    }
    school.repository(files={"day31/collect.py": "mine", "day31/help.py": "too"} | environment)
    found = school.take()
    assert dict(found.snapshot.files) == {"collect.py": b"mine", "help.py": b"too"}


def test_an_empty_file(school):
    """A file with nothing in it, or only a byte order mark, is missing."""
    school.repository(files={"collect.py": b"\xef\xbb\xbf\r\n"})
    with pytest.raises(IntakeError, match="is empty"):
        school.take()


def test_a_local_folder_needs_permission(school, tmp_path):
    """Folders of this machine are read only when that was allowed; a folder that is no repository is named."""
    repository = school.repository(files={"collect.py": "1"})
    with pytest.raises(IntakeError):
        school.take(url=str(repository.path), allow_local=False)
    with pytest.raises(IntakeError):
        school.take(url=f"file://{repository.path}", allow_local=False)
    (tmp_path / "plain").mkdir()
    with pytest.raises(IntakeError, match="no git repository"):
        school.take(url=str(tmp_path / "plain"))


@pytest.mark.skipif(os.getuid() != 0, reason="needs root: files of another user")
def test_a_local_folder_of_another_user(school):
    """A teacher may grade a folder that belongs to somebody else."""
    repository = school.repository(files={"collect.py": "1"})
    for path in [repository.path, *repository.path.rglob("*")]:
        os.chown(path, 12345, 12345)
    assert school.take(url=str(repository.path)).snapshot.files == {"collect.py": b"1"}


def test_a_forged_commit_date(school):
    """A date the student made up is shown as it is, or not at all; the receipt is our own clock's."""
    repository = school.repository(files={"collect.py": "1"})
    tree = repository.git("rev-parse", "main^{tree}")
    text = f"tree {tree}\nauthor a <a@b> 99999999999 +0000\ncommitter a <a@b> 999999999999 +0000\n\nx"
    commit = repository.git("hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=text.encode())
    repository.git("update-ref", "refs/heads/main", commit)
    found = school.take()
    assert found.commit_date is None
    assert found.seen_at is not None
    assert found.seen_at.year < 3000


def test_history_does_not_come_along(school):
    """Only the graded commit is fetched: what was deleted before is not in the mirror."""
    repository = school.repository(files={"collect.py": "1", "secret.txt": "of another student"})
    old = repository.git("rev-parse", "main")
    secret = repository.git("rev-parse", "main:secret.txt")
    repository.commit({"collect.py": "2"}, after=old)
    found = school.take()
    kept = school.mirrors().open(found.address)
    listing = kept.read(["cat-file", "--batch-check"], f"{secret}\n".encode())
    assert listing == f"{secret} missing\n".encode()


def test_identities_are_not_needed():
    """The tests' own repositories depend on nobody's settings."""
    assert IDENTITY["GIT_CONFIG_GLOBAL"] == os.devnull
