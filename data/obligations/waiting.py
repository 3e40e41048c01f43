"""Which letters about obligations wait to be sent, and how is one taken back before it goes?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from data.obligations.records import Item
from data.obligations.rows import THIS, items_of, named
from data.schema import obligation, obligation_letter, outbox, outbox_kpm

_WAITS = (outbox.c.state == "queued", outbox.c.key.like("obligations.%"), outbox.c.unasked)
FORGET = update(obligation).where(*THIS, obligation.c.times > 0).values(reminded=None, times=obligation.c.times - 1)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the outbox, and the things it asks of."""

    id: int
    items: Sequence[Item]


class Waiting:
    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def letters(self, kpm_ids: Collection[int]) -> list[Letter]:
        """Those that name one of these families and ask of something."""
        mine = select(outbox_kpm.c.outbox_id).where(outbox_kpm.c.kpm_id.in_(list(kpm_ids)))
        rows = self.conn.execute(select(outbox.c.id, outbox.c.params).where(*_WAITS, outbox.c.id.in_(mine)))
        by_number: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            if str(number := row.params.get("letter", "")).isdecimal():
                by_number[int(number)].append(row.id)
        asked = self.conn.execute(
            select(obligation_letter.c.id, obligation_letter.c["items"]).where(
                obligation_letter.c.id.in_(list(by_number))
            )
        )
        return [Letter(outbox_id, items_of(row)) for row in asked for outbox_id in by_number[row.id]]

    def take_back(self, letter: Letter, unsaid: Collection[Item]) -> None:
        """It is not sent; what it would have said of these was not said. Its name is free for another of this day."""
        self.conn.execute(update(outbox).where(outbox.c.id == letter.id, *_WAITS).values(state="cancelled", once=None))
        if unsaid:
            self.conn.execute(FORGET, [named(item) for item in unsaid])

    def cancel(self, kpm_id: int) -> int:
        """Nothing that waits for this family about obligations is said any more."""
        mine = select(outbox_kpm.c.outbox_id).where(outbox_kpm.c.kpm_id == bindparam("k"))
        statement = update(outbox).where(*_WAITS, outbox.c.id.in_(mine)).values(state="cancelled")
        return self.conn.execute(statement, {"k": kpm_id}).rowcount

    def cancel_at(self, address_id: int) -> int:
        """The same for one number: it does not want them any more."""
        statement = update(outbox).where(*_WAITS, outbox.c.address_id == bindparam("a")).values(state="cancelled")
        return self.conn.execute(statement, {"a": address_id}).rowcount
