"""Run by Alembic. The grader hands over its own connection, inside its own write transaction; the `alembic` command
(for whoever writes a new migration) names a database by `-x url=...`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import context

from grader.store.engine import connect
from grader.store.models import Base

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=False,
    )
    context.run_migrations()


handed_over: Connection | None = context.config.attributes.get("connection")
if handed_over is not None:
    _run(handed_over)
else:
    with connect(context.get_x_argument(as_dictionary=True)["url"]).execution_options(write=True).begin() as own:
        _run(own)
