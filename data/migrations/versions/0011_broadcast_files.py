"""files of broadcasts, and who has not got them yet"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "broadcast_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("broadcast_id", KEY, nullable=True),
        sa.Column("sort", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=True),
        sa.Column("media", sa.String(length=300), nullable=True),
        sa.Column("mime", sa.String(length=40), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("fault", sa.String(length=4), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("sort IN ('image', 'document', 'voice')", name=op.f("ck_broadcast_file_sort")),
        sa.CheckConstraint("fault IN ('size', 'sort', 'lost')", name=op.f("ck_broadcast_file_fault")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_broadcast_file_staff_id")),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_broadcast_file_broadcast_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_file")),
    )
    with op.batch_alter_table("broadcast_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_file_broadcast_id"), ["broadcast_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcast_file_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_broadcast_file_waiting",
            ["tries", "id"],
            unique=False,
            sqlite_where=sa.text("media IS NOT NULL"),
            postgresql_where=sa.text("media IS NOT NULL"),
        )
    op.create_table(
        "broadcast_owed",
        sa.Column("outbox_id", KEY, nullable=False),
        sa.Column("broadcast_id", KEY, nullable=False),
        sa.Column("address_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_broadcast_owed_address_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_broadcast_owed_outbox_id")),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_broadcast_owed_broadcast_id")),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_broadcast_owed")),
    )
    with op.batch_alter_table("broadcast_owed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_owed_address_id"), ["address_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcast_owed_broadcast_id"), ["broadcast_id"], unique=False)


def downgrade() -> None:
    op.drop_table("broadcast_owed")
    op.drop_table("broadcast_file")
