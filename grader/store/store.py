"""An open database: sessions to read, sessions to write, and the schema brought up to date."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from grader.errors import StoreError
from grader.language import say
from grader.store.engine import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from sqlalchemy import Connection, Engine

SCHEMA = "0001"  # the newest migration; a test compares it with the folder


def utc_now() -> datetime:
    """Our clock."""
    return datetime.now(UTC)


class Store:
    """The facts of one course. Connections are opened when needed, so a store may be handed to a thread, not to a fork."""

    def __init__(self, url: str, engine: Engine) -> None:
        self.url = url
        self.engine = engine
        self._writer = engine.execution_options(write=True)
        self._reader = engine
        if engine.dialect.name == "postgresql":  # by itself it shows every statement another moment; SQLite does not
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ")

    @classmethod
    def open(cls, where: str | Path) -> Self:
        """Open by database URL, or by home folder (`grader.sqlite` inside it), creating and migrating as needed."""
        url = (
            where
            if isinstance(where, str) and "://" in where
            else f"sqlite:///{Path(where).resolve() / 'grader.sqlite'}"
        )
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        store = cls(url, connect(url))
        try:
            store._migrate()
        except DatabaseError as error:
            raise StoreError(
                say(
                    "The database {where} cannot be opened: {why}", where=parsed.render_as_string(), why=str(error.orig)
                ),
                remedy=say(
                    "See whether the file is a grader database and whether you may write it; `grader restore` brings a backup back."
                ),
            ) from error
        return store

    def _migrate(self) -> None:
        with self.engine.begin() as connection:
            if _schema(connection) == SCHEMA:
                return
        from alembic import command  # noqa: PLC0415 - slow to import, rarely needed
        from alembic.config import Config  # noqa: PLC0415

        with self._writer.begin() as connection:  # a second process waits here and then finds it done
            there = _schema(connection)
            if there == SCHEMA:
                return
            if there is not None and there > SCHEMA:
                raise StoreError(
                    say(
                        "This database was written by a newer grader (schema {there}, this one knows {known}).",
                        there=there,
                        known=SCHEMA,
                    ),
                    remedy=say("Update the grader, or restore an older backup."),
                )
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; nothing is written."""
        with Session(self._reader, autoflush=False, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The only writer until the block ends; committed as a whole, or not at all when it raises."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _schema(connection: Connection) -> str | None:
    """The schema's version, None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
