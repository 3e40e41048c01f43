"""What does a test do with letters that wait? What a sender does, without a platform."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from bot.dispatcher.turning import one_each
from data.schema import outbox, outbox_kpm
from data.sending import Claimed
from data.store import Tx
from messages.envelope import Priority

WHATSAPP = ("whatsapp",)


def taken(
    tx: Tx,
    channels: Collection[str] = WHATSAPP,
    fence: int = 0,
    limit: int = 100,
    most: Priority = Priority.BROADCAST,
) -> list[Claimed]:
    """The first letter of each address that may go, on its way from now on."""
    first = one_each(tx.sending.look(channels, limit, most), limit, ())
    ours = tx.sending.take([one.letter.id for one in first], fence)
    return [one.held(fence) for one in first if one.letter.id in ours]


def gone(tx: Tx, letter_id: int, platform_id: str = "", words: str = "…") -> None:
    """The platform has it."""
    tx.sending.sent([(letter_id, platform_id or f"wamid.{letter_id}", words, None)])


def letters_of(tx: Tx, kpm_id: int) -> Sequence[Any]:
    """Rows of the outbox for this family, the newest first."""
    statement = select(outbox).join(outbox_kpm, outbox_kpm.c.outbox_id == outbox.c.id)
    return tx.conn.execute(statement.where(outbox_kpm.c.kpm_id == kpm_id).order_by(outbox.c.id.desc())).all()


def families_of(tx: Tx, letter_id: int) -> list[int]:
    return list(tx.conn.execute(select(outbox_kpm.c.kpm_id).where(outbox_kpm.c.outbox_id == letter_id)).scalars())
