import multiprocessing
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.schema import CreateTable

from grader.errors import StoreError
from grader.store import models
from grader.store import store as store_module
from grader.store.store import SCHEMA, Store

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _event(about="x", at=NOW):
    return models.Event(kind="test", about=about, by="ta", reason="r", at=at)


def test_a_new_database_is_created_with_the_schema_of_the_models(tmp_path):
    """Migrating from empty gives exactly the tables, columns, keys and indexes that the models declare."""
    with Store.open(tmp_path / "home") as store, store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, models.Base.metadata) == []


def test_the_newest_migration_is_the_one_the_code_expects():
    """The constant that spares every start a look into the migrations folder names its head."""
    folder = Path(store_module.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == SCHEMA


def test_opening_again_changes_nothing(tmp_path):
    """A second open finds the schema there and keeps the facts."""
    with Store.open(tmp_path) as store, store.write() as session:
        session.add(_event())
    with Store.open(tmp_path) as store, store.read() as session:
        assert session.scalar(select(models.Event.about)) == "x"


def test_a_database_of_a_newer_grader_is_refused(tmp_path):
    """A schema this grader does not know is an error that says so, and nothing is touched."""
    with Store.open(tmp_path) as store, store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer grader"):
        Store.open(tmp_path)


def test_a_file_that_is_no_database_is_an_error_with_a_remedy(tmp_path):
    """Garbage instead of a database gives a sentence and a remedy, not a stack of SQL."""
    (tmp_path / "grader.sqlite").write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(StoreError) as caught:
        Store.open(tmp_path)
    assert caught.value.remedy


def test_a_write_that_raises_leaves_nothing(tmp_path):
    """A write transaction is all or nothing."""
    pin = models.Pin(attempt_id=7, receipt_id=7, snapshot="s", file="f", notices=[], at=NOW)
    with Store.open(tmp_path) as store:
        with pytest.raises(IntegrityError), store.write() as session:
            session.add_all([_event(), pin])
        with store.read() as session:
            assert session.scalars(select(models.Event)).all() == []


def test_times_come_back_aware_in_utc(tmp_path):
    """A moment is stored in UTC whatever zone it came in, and a naive one is refused."""
    local = datetime(2026, 12, 1, 20, tzinfo=timezone(timedelta(hours=8)))
    with Store.open(tmp_path) as store:
        with store.write() as session:
            session.add(_event(at=local))
        with store.read() as session:
            at = session.scalar(select(models.Event.at))
        assert at == local
        assert at.tzinfo is UTC
        with pytest.raises(StatementError, match="without a zone"), store.write() as session:
            session.add(_event(at=datetime(2026, 12, 1)))  # noqa: DTZ001


@pytest.mark.parametrize("points", ["0.1", "-0.000001", "10000", "1E-6", "0"])
def test_points_come_back_exactly(tmp_path, points):
    """No decimal changes its value in the database."""
    with Store.open(tmp_path) as store:
        with store.write() as session:
            session.add(
                models.Override(
                    student="s01", assignment="a", kind="set", check="", version=1, attempt=0,
                    points=Decimal(points), by="ta", reason="r", at=NOW,
                )
            )  # fmt: skip
        with store.read() as session:
            assert session.scalar(select(models.Override.points)) == Decimal(points)


def test_foreign_keys_hold(tmp_path):
    """A pin of an attempt that does not exist is refused by the database itself."""
    with Store.open(tmp_path) as store, pytest.raises(IntegrityError), store.write() as session:
        session.add(models.Pin(attempt_id=7, receipt_id=7, snapshot="s", file="f", notices=[], at=NOW))


def _count_up(home, times):
    with Store.open(home) as store:
        for _ in range(times):
            with store.write() as session:
                number = len(session.scalars(select(models.Event)).all())  # read first, then write
                session.add(_event(about=str(number)))


def test_writers_that_read_first_never_collide(tmp_path):
    """Four processes that open one new database at once and read before they write lose nothing."""
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_count_up, args=(tmp_path, 10)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * 4
    with Store.open(tmp_path) as store, store.read() as session:
        assert sorted(int(a) for a in session.scalars(select(models.Event.about))) == list(range(40))


def test_a_reader_sees_the_state_of_its_begin(tmp_path):
    """A read is one consistent view, whatever is written beside it."""
    with Store.open(tmp_path) as store, store.read() as before:
        assert before.scalars(select(models.Event)).all() == []
        with store.write() as session:
            session.add(_event())
        assert before.scalars(select(models.Event)).all() == []


def test_the_file_is_in_wal_mode(tmp_path):
    """Readers do not wait for a writer."""
    Store.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "grader.sqlite")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_every_table_can_be_created_on_postgresql():
    """The schema uses nothing that only SQLite has."""
    from sqlalchemy.dialects import postgresql

    for table in models.Base.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
        names = [str(c.name) for c in table.constraints if c.name] + [str(i.name) for i in table.indexes]
        assert all(len(name) <= 63 for name in names)
