"""Snapshots: content-addressed, equal bytes, hostile names, many writers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import InfrastructureError
from grader.intake.snapshot import Snapshot, message_from_json, message_to_json
from grader.language import say

NOTICE = say("{file} was found at {path}, not where it was looked for.", file="a.py", path=say("{n} files", n=3))


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_saved_and_loaded(tmp_path):
    """What comes back is what went in; saving again changes no byte."""
    one = Snapshot(
        "a.py", {"sub dir/数据.txt": b"\r\n", "a.py": b"\xef\xbb\xbfx", "\udcff.py": b"", "A.py": b"y"}, (NOTICE,)
    )
    folder = one.save(tmp_path)
    before = bytes_of(folder)
    assert Snapshot.load(tmp_path, one.digest) == one
    one.save(tmp_path)
    assert bytes_of(folder) == before
    assert [p.name for p in folder.parent.iterdir()] == [one.digest]
    other = tmp_path / "elsewhere"
    Snapshot("a.py", dict(reversed(one.files.items())), (NOTICE,)).save(other)
    assert bytes_of(other / "snapshots" / one.digest) == before


def test_notices_are_no_part_of_the_digest(tmp_path):
    """How a file was found changes neither digest nor identity; the newest notices are kept."""
    one, two = Snapshot("a.py", {"a.py": b"1"}), Snapshot("a.py", {"a.py": b"1"}, (NOTICE,))
    assert (one.digest, one.tree) == (two.digest, two.tree)
    one.save(tmp_path)
    two.save(tmp_path)
    assert Snapshot.load(tmp_path, one.digest).notices == (NOTICE,)
    assert message_from_json(message_to_json(NOTICE)).render("en") == NOTICE.render("en")


def test_what_identity_depends_on():
    """Digest: the homework file's name and all files. Tree: the files alone."""
    one = Snapshot("a.py", {"a.py": b"1", "b.py": b"2"})
    assert Snapshot("b.py", one.files).tree == one.tree
    assert Snapshot("b.py", one.files).digest != one.digest
    assert Snapshot("a.py", {"a.py": b"1"}).tree != one.tree
    assert Snapshot("a.py", {"a.py": b"12", "b.py": b""}).tree != one.tree


def test_a_damaged_snapshot_is_not_graded(tmp_path):
    """A byte changed on disk, a file gone, an unknown digest: infrastructure, never another student's grade."""
    one = Snapshot("a.py", {"a.py": b"print(1)"})
    folder = one.save(tmp_path)
    data = next(p for p in folder.iterdir() if p.suffix != ".json")
    data.write_bytes(b"print(2)")
    with pytest.raises(InfrastructureError, match="damaged"):
        Snapshot.load(tmp_path, one.digest)
    data.unlink()
    with pytest.raises(InfrastructureError, match="cannot be read"):
        Snapshot.load(tmp_path, one.digest)
    with pytest.raises(InfrastructureError):
        Snapshot.load(tmp_path, "0" * 64)


def test_a_write_that_was_cut_short_leaves_nothing_wrong(tmp_path, monkeypatch):
    """Killed while writing: the half is no snapshot, and the next save succeeds."""
    one = Snapshot("a.py", {"a.py": b"print(1)"})

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.rename", killed)
        with pytest.raises(KeyboardInterrupt):
            one.save(tmp_path)
    with pytest.raises(InfrastructureError):
        Snapshot.load(tmp_path, one.digest)
    one.save(tmp_path)
    assert Snapshot.load(tmp_path, one.digest) == one


names = st.text(st.characters(exclude_categories=(), max_codepoint=0xFFFF), min_size=1, max_size=8)


@settings(deadline=None)
@given(st.dictionaries(names, st.binary(max_size=20), min_size=1, max_size=5))
def test_any_names_and_any_bytes(tmp_path_factory, files):
    """Names no file system would take, and any bytes, come back equal."""
    home = tmp_path_factory.mktemp("home")
    one = Snapshot(min(files), files)
    one.save(home)
    assert Snapshot.load(home, one.digest) == one
