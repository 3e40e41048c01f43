"""reports of meetings, their photos, and the register of agenda letters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("meeting_id", KEY, nullable=False),
        sa.Column("kelompok_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=8), server_default="konsep", nullable=False),
        sa.Column("speaker", sa.String(length=120), nullable=True),
        sa.Column("venue", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("obstacles", sa.String(length=300), nullable=True),
        sa.Column("follow_up", sa.String(length=300), nullable=True),
        sa.Column("location", sa.String(length=40), nullable=True),
        sa.Column("by_staff_id", KEY, nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('konsep', 'selesai')", name=op.f("ck_report_state")),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.id"], name=op.f("fk_report_by_staff_id")),
        sa.ForeignKeyConstraint(["kelompok_id"], ["kelompok.id"], name=op.f("fk_report_kelompok_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_report_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "kelompok_id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_kelompok_id"), ["kelompok_id"], unique=False)

    op.create_table(
        "photo",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("meeting_id", KEY, nullable=False),
        sa.Column("kelompok_id", KEY, nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("media", sa.String(length=300), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["kelompok_id"], ["kelompok.id"], name=op.f("fk_photo_kelompok_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_photo_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index("ix_photo_report", ["meeting_id", "kelompok_id"], unique=False)
        batch_op.create_index(
            "ix_photo_waiting",
            ["tries", "id"],
            unique=False,
            sqlite_where=sa.text("media IS NOT NULL"),
            postgresql_where=sa.text("media IS NOT NULL"),
        )

    op.create_table(
        "letter",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kabupaten_id", KEY, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("meeting_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["kabupaten_id"], ["kabupaten.id"], name=op.f("fk_letter_kabupaten_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_letter_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("kabupaten_id", "year", "seq", name=op.f("uq_letter_kabupaten_id_year_seq")),
        sa.UniqueConstraint("meeting_id", "revision", name=op.f("uq_letter_meeting_id_revision")),
    )


def downgrade() -> None:
    op.drop_table("letter")
    op.drop_table("photo")
    op.drop_table("report")
