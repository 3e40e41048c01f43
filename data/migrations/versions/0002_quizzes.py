"""quizzes, what comes back, levels of understanding, practices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("meeting_kelompok", schema=None) as batch_op:
        batch_op.add_column(sa.Column("followed", sa.BigInteger(), nullable=True))

    op.create_table(
        "quiz_item",
        sa.Column("item", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
        ),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item", "version", name=op.f("pk_quiz_item")),
    )

    op.create_table(
        "practice",
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kpm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kelompok_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="planned", nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("answer IN ('done', 'not_yet')", name=op.f("ck_practice_answer")),
        sa.CheckConstraint("kind IN ('practice', 'messages')", name=op.f("ck_practice_kind")),
        sa.CheckConstraint("state IN ('planned', 'told', 'asked', 'closed')", name=op.f("ck_practice_state")),
        sa.ForeignKeyConstraint(["kelompok_id"], ["kelompok.id"], name=op.f("fk_practice_kelompok_id")),
        sa.ForeignKeyConstraint(["kpm_id"], ["kpm.id"], name=op.f("fk_practice_kpm_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_practice_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "kpm_id", name=op.f("pk_practice")),
    )
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_kpm_id"), ["kpm_id"], unique=False)
        batch_op.create_index("ix_practice_state_due", ["state", "due"], unique=False)

    op.create_table(
        "quiz",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kpm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kelompok_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("session", sa.String(length=8), nullable=False),
        sa.Column("phase", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="planned", nullable=False),
        sa.Column("chosen", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("invited", sa.BigInteger(), nullable=True),
        sa.Column("reminded", sa.BigInteger(), nullable=True),
        sa.Column("started", sa.BigInteger(), nullable=True),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("phase IN ('pre', 'post', 'self', 'base', 'follow')", name=op.f("ck_quiz_phase")),
        sa.CheckConstraint(
            "state IN ('planned', 'invited', 'started', 'finished', 'expired')", name=op.f("ck_quiz_state")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name=op.f("fk_quiz_entered_by")),
        sa.ForeignKeyConstraint(["kelompok_id"], ["kelompok.id"], name=op.f("fk_quiz_kelompok_id")),
        sa.ForeignKeyConstraint(["kpm_id"], ["kpm.id"], name=op.f("fk_quiz_kpm_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_quiz_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
        sa.UniqueConstraint("name", name=op.f("uq_quiz_name")),
    )
    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.create_index("ix_quiz_kelompok_session", ["kelompok_id", "session"], unique=False)
        batch_op.create_index(batch_op.f("ix_quiz_kpm_id"), ["kpm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quiz_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index("ix_quiz_state_due", ["state", "due"], unique=False)

    op.create_table(
        "quiz_card",
        sa.Column("kpm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item", sa.String(length=12), nullable=False),
        sa.Column("card", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["kpm_id"], ["kpm.id"], name=op.f("fk_quiz_card_kpm_id")),
        sa.PrimaryKeyConstraint("kpm_id", "item", name=op.f("pk_quiz_card")),
    )

    op.create_table(
        "understanding",
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kpm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.String(length=22), nullable=False),
        sa.Column("by_staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "level IN ('kurang', 'baik', 'sangat baik', 'tidak dapat dinilai')", name=op.f("ck_understanding_level")
        ),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff.id"], name=op.f("fk_understanding_by_staff_id")),
        sa.ForeignKeyConstraint(["kpm_id"], ["kpm.id"], name=op.f("fk_understanding_kpm_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_understanding_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "kpm_id", name=op.f("pk_understanding")),
    )
    with op.batch_alter_table("understanding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_understanding_kpm_id"), ["kpm_id"], unique=False)

    op.create_table(
        "quiz_answer",
        sa.Column("quiz_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=1), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("choice IN ('a', 'b', 'c')", name=op.f("ck_quiz_answer_choice")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_answer_quiz_id")),
        sa.PrimaryKeyConstraint("quiz_id", "position", name=op.f("pk_quiz_answer")),
    )
    with op.batch_alter_table("quiz_answer", schema=None) as batch_op:
        batch_op.create_index("ix_quiz_answer_item", ["item", "version"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("quiz_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_quiz_answer_item")

    op.drop_table("quiz_answer")
    with op.batch_alter_table("understanding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_understanding_kpm_id"))

    op.drop_table("understanding")
    op.drop_table("quiz_card")
    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.drop_index("ix_quiz_state_due")
        batch_op.drop_index(batch_op.f("ix_quiz_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_quiz_kpm_id"))
        batch_op.drop_index("ix_quiz_kelompok_session")

    op.drop_table("quiz")
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_index("ix_practice_state_due")
        batch_op.drop_index(batch_op.f("ix_practice_kpm_id"))

    op.drop_table("practice")
    op.drop_table("quiz_item")

    with op.batch_alter_table("meeting_kelompok", schema=None) as batch_op:
        batch_op.drop_column("followed")
