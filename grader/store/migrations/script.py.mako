"""${message}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import grader.store.columns

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    raise NotImplementedError("facts are never thrown away; restore a backup instead")
