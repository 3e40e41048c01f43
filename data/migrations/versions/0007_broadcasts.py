"""announcements with whom they reached, proposed times with their votes, and monthly rhythms"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _json() -> sa.types.TypeEngine[Any]:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", _key(), autoincrement=True, nullable=False),
        sa.Column("staff_id", _key(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("audience", _json(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=9), server_default="waiting", nullable=False),
        sa.Column("night", sa.String(length=8), server_default="no", nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("cursor", _key(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('biasa', 'pencairan', 'banjir', 'baksos', 'sosialisasi')", name=op.f("ck_broadcast_kind")
        ),
        sa.CheckConstraint("night IN ('no', 'asked', 'allowed', 'refused')", name=op.f("ck_broadcast_night")),
        sa.CheckConstraint("state IN ('waiting', 'put', 'done', 'cancelled')", name=op.f("ck_broadcast_state")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_broadcast_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
    )
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.create_index("ix_broadcast_staff", ["staff_id", "id"], unique=False)
        batch_op.create_index("ix_broadcast_state_due", ["state", "due"], unique=False)

    op.create_table(
        "broadcast_kpm",
        sa.Column("broadcast_id", _key(), nullable=False),
        sa.Column("kpm_id", _key(), nullable=False),
        sa.Column("kelompok_id", _key(), nullable=False),
        sa.Column("outbox_id", _key(), nullable=True),
        sa.Column("why", sa.String(length=8), nullable=True),
        sa.CheckConstraint("why IN ('phone', 'consent', 'week')", name=op.f("ck_broadcast_kpm_why")),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_broadcast_kpm_broadcast_id")),
        sa.ForeignKeyConstraint(["kelompok_id"], ["kelompok.id"], name=op.f("fk_broadcast_kpm_kelompok_id")),
        sa.ForeignKeyConstraint(["kpm_id"], ["kpm.id"], name=op.f("fk_broadcast_kpm_kpm_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_broadcast_kpm_outbox_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "kpm_id", name=op.f("pk_broadcast_kpm")),
    )
    with op.batch_alter_table("broadcast_kpm", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_kpm_kpm_id"), ["kpm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcast_kpm_outbox_id"), ["outbox_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", _key(), autoincrement=True, nullable=False),
        sa.Column("staff_id", _key(), nullable=False),
        sa.Column("kelompok_id", _key(), nullable=False),
        sa.Column("times", _json(), nullable=False),
        sa.Column("state", sa.String(length=6), server_default="open", nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_proposal_state")),
        sa.ForeignKeyConstraint(["kelompok_id"], ["kelompok.id"], name=op.f("fk_proposal_kelompok_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_proposal_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_due", ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_kelompok_id"), ["kelompok_id"], unique=False)

    op.create_table(
        "proposal_vote",
        sa.Column("proposal_id", _key(), nullable=False),
        sa.Column("kpm_id", _key(), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["kpm_id"], ["kpm.id"], name=op.f("fk_proposal_vote_kpm_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_vote_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "kpm_id", name=op.f("pk_proposal_vote")),
    )
    with op.batch_alter_table("proposal_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_vote_kpm_id"), ["kpm_id"], unique=False)

    op.create_table(
        "rhythm",
        sa.Column("kelompok_id", _key(), nullable=False),
        sa.Column("staff_id", _key(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("proposed", sa.String(length=7), server_default="", nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_rhythm_weekday")),
        sa.ForeignKeyConstraint(["kelompok_id"], ["kelompok.id"], name=op.f("fk_rhythm_kelompok_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rhythm_staff_id")),
        sa.PrimaryKeyConstraint("kelompok_id", name=op.f("pk_rhythm")),
    )


def downgrade() -> None:
    op.drop_table("rhythm")
    op.drop_table("proposal_vote")
    op.drop_table("proposal")
    op.drop_table("broadcast_kpm")
    op.drop_table("broadcast")
