"""desk: links, sessions, visit notes, and the reasons for absence by meeting"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name, last in (("desk_link", "spent"), ("desk_session", "ended")):
        op.create_table(
            name,
            sa.Column("hash", sa.String(length=64), nullable=False),
            sa.Column("staff_id", _KEY, nullable=False),
            sa.Column("created", sa.BigInteger(), nullable=False),
            sa.Column("expires", sa.BigInteger(), nullable=False),
            sa.Column(last, sa.BigInteger(), nullable=True),
            sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f(f"fk_{name}_staff_id")),
            sa.PrimaryKeyConstraint("hash", name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_staff_id"), name, ["staff_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("kpm_id", _KEY, nullable=False),
        sa.Column("staff_id", _KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["kpm_id"], ["kpm.id"], name=op.f("fk_visit_kpm_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_visit_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_kpm_id"), "visit", ["kpm_id"], unique=False)
    op.create_index(
        "ix_attendance_declined",
        "attendance",
        ["meeting_id", "kelompok_id", "reason"],
        unique=False,
        sqlite_where=sa.text("answer = 'declined'"),
        postgresql_where=sa.text("answer = 'declined'"),
    )


def downgrade() -> None:
    op.drop_index("ix_attendance_declined", table_name="attendance")
    op.drop_table("visit")
    op.drop_table("desk_session")
    op.drop_table("desk_link")
