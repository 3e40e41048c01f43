"""questions become tickets with a topic, steps and a result"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TOPICS = "topic IN ('pencairan', 'identitas', 'sanksi', 'pengaduan', 'data', 'layanan', 'lain')"


def upgrade() -> None:
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("topic", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("gist", sa.String(length=160), server_default="", nullable=False))
        batch_op.add_column(sa.Column("result", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("closed", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("closed_by", KEY, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_question_closed_by"), "staff", ["closed_by"], ["id"])
        batch_op.create_check_constraint(batch_op.f("ck_question_topic"), TOPICS)
        batch_op.create_index("ix_question_kelompok", ["kelompok_id", "state"], unique=False)
    op.create_table(
        "question_step",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("question_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("told", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_step_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_question_step_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_step")),
    )
    with op.batch_alter_table("question_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_step_question_id"), ["question_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("question_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_step_question_id"))
    op.drop_table("question_step")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index("ix_question_kelompok")
        batch_op.drop_constraint(batch_op.f("ck_question_topic"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_question_closed_by"), type_="foreignkey")
        for name in ("closed_by", "closed", "result", "gist", "topic"):
            batch_op.drop_column(name)
