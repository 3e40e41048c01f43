"""cost and identity: which template a letter went as; keyed digests of NIK and KK, where the office wants them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("template", sa.String(length=80), nullable=True))
    only = sa.text("template IS NOT NULL")
    op.create_index("ix_outbox_paid", "outbox", ["sent"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("ix_outbox_paid", "outbox")
    op.drop_column("outbox", "template")
