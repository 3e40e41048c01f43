"""cost and identity: which template a letter went as; keyed digests of NIK and KK, where the office wants them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "identity",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("kpm_id", _KEY, nullable=False),
        sa.Column("member_id", _KEY, nullable=True),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("last", sa.String(length=4), nullable=False),
        sa.CheckConstraint("kind IN ('nik', 'kk')", name=op.f("ck_identity_kind")),
        sa.ForeignKeyConstraint(["kpm_id"], ["kpm.id"], name=op.f("fk_identity_kpm_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_identity_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
    )
    for column in ("kpm_id", "member_id", "digest"):
        op.create_index(op.f(f"ix_identity_{column}"), "identity", [column])
    op.add_column("outbox", sa.Column("template", sa.String(length=80), nullable=True))
    only = sa.text("template IS NOT NULL")
    op.create_index("ix_outbox_paid", "outbox", ["sent"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("ix_outbox_paid", "outbox")
    op.drop_column("outbox", "template")
    op.drop_table("identity")
