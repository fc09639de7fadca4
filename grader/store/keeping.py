"""Looking after what is stored: backup and restore, forgetting a student, removing what nothing refers to."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, make_url, select

from grader.errors import StoreError, UsageError
from grader.language import say
from grader.store import models
from grader.store.acts import must_be_signed, note_event

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from grader.store.store import Store

DATABASE = "grader.sqlite"
KEPT = ("snapshots", "versions")  # folders of GRADER_HOME that gradings refer to
FRESH = timedelta(hours=6)  # what was written since may belong to a batch that has not recorded it yet


def backup(store: Store, home: Path, target: Path, *, by: str, reason: str, now: datetime) -> None:
    """The database as it is at one moment, with every snapshot and version it refers to, as one tar file.

    Writers go on meanwhile. Raises UsageError for a target that exists, or a database that is not SQLite.
    """
    source = _file(store.url)
    if target.exists():
        raise UsageError(say("{path} exists already; a backup overwrites nothing.", path=target))
    with store.write() as session:
        note_event(session, kind="backup", about=target.name, by=by, reason=reason, now=now)
    unfinished = target.with_name(f".{target.name}.unfinished")
    with tempfile.TemporaryDirectory(prefix="backup-", dir=home) as folder:
        copy = Path(folder) / DATABASE
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(copy)) as saved:
            live.backup(saved)
        with tarfile.open(unfinished, "w:gz") as tar:
            tar.add(copy, DATABASE)
            for name in KEPT:  # never changed once written, so what the copy refers to is there and whole
                for each in sorted((home / name).glob("[0-9a-f]*")):
                    tar.add(each, f"{name}/{each.name}")
    unfinished.replace(target)


def restore(source: Path, home: Path) -> None:
    """Make `home` what a backup holds. Raises UsageError when `home` has a database, or the file is no backup."""
    if (home / DATABASE).exists():
        raise UsageError(
            say("{path} has a database already; restoring overwrites nothing.", path=home),
            remedy=say("Move that folder away first."),
        )
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=home) as folder:
        try:
            with tarfile.open(source) as tar:
                _unpack(tar, Path(folder))
            with closing(sqlite3.connect(Path(folder) / DATABASE)) as copy:
                (sound,) = copy.execute("PRAGMA integrity_check").fetchone()
        except (tarfile.TarError, OSError, sqlite3.DatabaseError) as error:
            raise UsageError(say("{path} is no backup of a grader: {why}", path=source.name, why=str(error))) from error
        if sound != "ok" or not (Path(folder) / DATABASE).stat().st_size:
            raise UsageError(say("{path} is no backup of a grader: {why}", path=source.name, why=sound))
        for name in KEPT:
            for each in sorted((Path(folder) / name).glob("*")):
                (home / name).mkdir(exist_ok=True)
                if not (home / name / each.name).exists():
                    each.rename(home / name / each.name)
        os.replace(Path(folder) / DATABASE, home / DATABASE)  # noqa: PTH105 - last: a restore that was cut short can be repeated


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Plain files and folders below `folder`; anything else is no backup of ours (`filter=` came with Python 3.11.4)."""
    for member in tar:
        path = folder / member.name
        if not (member.isreg() or member.isdir()) or ".." in path.parts or not path.is_relative_to(folder):
            raise tarfile.TarError(member.name)
        if member.isdir():
            path.mkdir(parents=True, exist_ok=True)
        elif source := tar.extractfile(member):
            path.parent.mkdir(parents=True, exist_ok=True)
            with source, path.open("wb") as file:
                shutil.copyfileobj(source, file)


@dataclass(frozen=True, slots=True)
class Removed:
    """How much was removed; `repositories` are addresses that nobody else uses, whose mirrors can go."""

    rows: int
    snapshots: int
    versions: int
    repositories: tuple[str, ...] = ()


def forget(store: Store, home: Path, student: str, *, by: str, reason: str, now: datetime) -> Removed:
    """Remove everything about a student: every row, and the snapshots nobody else's attempt refers to.

    What stays is that somebody was forgotten, when, by whom and why. Raises StoreError when nothing is known about them,
    and when one of their jobs is running.
    """
    must_be_signed(by, reason)
    rows = 0
    with store.write() as session:
        mine = select(models.Attempt.id).where(models.Attempt.student == student)
        running = select(models.Work.id).where(models.Work.student == student, models.Work.state == "running")
        if session.scalar(running.limit(1)) is not None:
            raise StoreError(
                say("A job of {student} is running.", student=student), remedy=say("Try again when it has ended.")
            )
        repositories = set(session.scalars(select(models.Visit.repository).where(models.Visit.student == student)))
        repositories |= _listed(session, student)
        snapshots = set(session.scalars(select(models.Pin.snapshot).where(models.Pin.attempt_id.in_(mine))))
        for model in (models.Decision, models.Failure, models.GradingRow, models.Pin):
            rows += _deleted(session, delete(model).where(model.attempt_id.in_(mine)))
        for table in (
            models.Work, models.Attempt, models.Receipt, models.Visit, models.Outcome, models.Override, models.Comment,
            models.Extension, models.RosterStudent,
        ):  # fmt: skip
            rows += _deleted(session, delete(table).where(table.student == student))
        events = select(models.Event.id).where(models.Event.about.startswith(f"{student} ", autoescape=True))
        rows += _deleted(session, delete(models.Event).where(models.Event.id.in_(events)))
        if not rows:
            raise StoreError(say("Nothing is known about {student}.", student=student))
        others = set(session.scalars(select(models.Visit.repository)))
        note_event(session, kind="forget", about="", by=by, reason=reason, now=now)
    if store.engine.dialect.name == "sqlite":
        _shred(store)
    snapshots -= used(store)[0]
    for digest in snapshots:
        shutil.rmtree(home / "snapshots" / digest, ignore_errors=True)
    return Removed(rows, len(snapshots), 0, tuple(sorted(filter(None, repositories - others))))


def _listed(session: Session, student: str) -> set[str]:
    found = session.scalars(select(models.RosterStudent.repository).where(models.RosterStudent.student == student))
    return {repository for repository in found if repository}


def _deleted(session: Session, statement: Any) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _shred(store: Store) -> None:
    """Deleted rows still stand in free pages and in the log until the file is written anew."""
    with store.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def clean(store: Store, home: Path, now: datetime) -> Removed:
    """Remove snapshots and versions that no fact refers to. Safe beside a running batch: what was written lately stays."""
    removed = []
    for name, kept in zip(KEPT, used(store), strict=True):
        old = unused(home / name, kept, now)
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        removed.append(len(old))
    return Removed(0, removed[0], removed[1])


def unused(folder: Path, kept: Collection[str], now: datetime) -> tuple[Path, ...]:
    """Folders in `folder` that are not named in `kept` and were not written lately."""
    if not folder.is_dir():
        return ()
    limit = (now - FRESH).timestamp()
    return tuple(sorted(p for p in folder.iterdir() if p.is_dir() and p.name not in kept and p.stat().st_mtime < limit))


def used(store: Store) -> tuple[frozenset[str], frozenset[str]]:
    """Digests of the snapshots and of the versions that facts refer to."""
    with store.read() as session:
        snapshots: set[str] = set()
        versions: set[str] = set()
        for table in (models.Pin, models.GradingRow, models.Work):
            snapshots |= set(session.scalars(select(table.snapshot).distinct()))
        for source in (models.GradingRow, models.Work, models.Publication):
            versions |= set(session.scalars(select(source.version).distinct()))
    return frozenset(snapshots), frozenset(versions)


def repositories(store: Store) -> frozenset[str]:
    """Addresses that facts or the class list refer to; mirrors of others are not needed any more."""
    with store.read() as session:
        found = set(session.scalars(select(models.Visit.repository).distinct()))
        found |= {r for r in session.scalars(select(models.RosterStudent.repository).distinct()) if r}
    return frozenset(found)


def _file(url: str) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError(
            say("Only a SQLite database is backed up here."),
            remedy=say("Use pg_dump for PostgreSQL, and copy GRADER_HOME."),
        )
    return parsed.database
