"""figures: quizzes, practices and obligations per kelompok and period"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_QUIZ = ("offered", "begun", "finished", "quiz_families", "score", "pairs", "pair_families", "before", "after")
_PRACTICE = ("told", "asked", "tried", "not_tried")
_FORMS = ("kesehatan", "pendidikan", "kesejahteraan")
_STATES = ("reported", "verified", "not_done", "unknown")
_DONE = tuple(f"{form}_{state}" for form in _FORMS for state in _STATES)


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kelompok_id", _KEY, nullable=False),
        sa.Column("pendamping_id", _KEY, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("families", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
            for name in (*_QUIZ, *_PRACTICE, *_DONE)
        ),
        sa.ForeignKeyConstraint(["kelompok_id"], ["kelompok.id"], name=op.f("fk_figures_kelompok_id")),
        sa.ForeignKeyConstraint(["pendamping_id"], ["staff.id"], name=op.f("fk_figures_pendamping_id")),
        sa.PrimaryKeyConstraint("period", "kelompok_id", name=op.f("pk_figures")),
    )


def downgrade() -> None:
    op.drop_table("figures")
