"""obligations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("delivered", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("stopped", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("at_risk", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
        batch_op.add_column(sa.Column("by_hand", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
        batch_op.add_column(sa.Column("next_on", sa.Date(), server_default="1970-01-01", nullable=True))
        batch_op.create_index(batch_op.f("ix_member_next_on"), ["next_on"], unique=False)
    op.create_table(
        "obligation",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("kpm_id", KEY, nullable=False),
        sa.Column("series", sa.String(length=8), nullable=False),
        sa.Column("occurrence", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("claim", sa.String(length=14), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("claimed", sa.BigInteger(), nullable=True),
        sa.Column("claim_by", sa.String(length=20), nullable=True),
        sa.Column("mark", sa.String(length=14), nullable=True),
        sa.Column("proof", sa.String(length=60), nullable=True),
        sa.Column("marked_by", KEY, nullable=True),
        sa.Column("marked", sa.BigInteger(), nullable=True),
        sa.Column("reminded", sa.Date(), nullable=True),
        sa.Column("times", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("claim IN ('done', 'not_done', 'not_applicable')", name=op.f("ck_obligation_claim")),
        sa.CheckConstraint("mark IN ('done', 'not_done', 'not_applicable')", name=op.f("ck_obligation_mark")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_obligation_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["kpm_id"], ["kpm.id"], name=op.f("fk_obligation_kpm_id")),
        sa.ForeignKeyConstraint(["marked_by"], ["staff.id"], name=op.f("fk_obligation_marked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint(
            "member_id", "series", "occurrence", name=op.f("uq_obligation_member_id_series_occurrence")
        ),
    )
    op.create_index(op.f("ix_obligation_kpm_id"), "obligation", ["kpm_id"], unique=False)
    op.create_table(
        "obligation_letter",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("address_id", KEY, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("items", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("open", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_obligation_letter_address_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation_letter")),
    )
    op.create_index(op.f("ix_obligation_letter_address_id"), "obligation_letter", ["address_id"], unique=False)
    op.create_table(
        "posyandu",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("desa_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=120), server_default="", nullable=False),
        sa.Column("pattern", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["desa_id"], ["desa.id"], name=op.f("fk_posyandu_desa_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posyandu")),
        sa.UniqueConstraint("desa_id", "name", name=op.f("uq_posyandu_desa_id_name")),
    )
    op.create_table(
        "school_month",
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("school", sa.String(length=80), server_default="", nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("alpa", sa.Integer(), nullable=False),
        sa.Column("izin", sa.Integer(), nullable=False),
        sa.Column("sakit", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_school_month_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "month", name=op.f("pk_school_month")),
    )


def downgrade() -> None:
    for table in ("school_month", "posyandu", "obligation_letter", "obligation"):
        op.drop_table(table)
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_next_on"))
        for column in ("next_on", "by_hand", "at_risk", "stopped", "delivered"):
            batch_op.drop_column(column)
