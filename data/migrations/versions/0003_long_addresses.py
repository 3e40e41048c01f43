"""room for the long ids that WhatsApp may give instead of numbers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite counts no characters
        op.alter_column("address", "value", type_=sa.String(160), existing_type=sa.String(64), existing_nullable=False)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(
            "address",
            "value",
            type_=sa.String(64),
            existing_type=sa.String(160),
            existing_nullable=False,
            postgresql_using="substr(value, 1, 64)",
        )
