"""What lies on the simulator's phones?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from data.dialect import InsertOnce
from data.schema import phone_message
from messages.envelope import Address

DELIVER = InsertOnce(phone_message, ["letter_id"])
TYPED = insert(phone_message)


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    seq: int
    address: Address
    outgoing: bool
    key: str | None
    body: Mapping[str, Any]
    at: datetime


class Phones:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def deliver(self, letter_id: int, address: Address, key: str, body: Mapping[str, Any]) -> None:
        """Lay a letter on its phone; the same letter twice is one."""
        where = {"channel": address.channel, "value": address.value, "outgoing": False}
        DELIVER(self.conn, {"letter_id": letter_id, **where, "key": key, "body": dict(body), "at": self.now})

    def typed(self, address: Address, body: Mapping[str, Any]) -> None:
        """Keep what a person typed on the phone, so that the page can show the whole talk."""
        where = {"channel": address.channel, "value": address.value, "outgoing": True}
        self.conn.execute(TYPED, {**where, "body": dict(body), "at": self.now})

    def last_seq(self) -> int:
        return int(self.conn.execute(select(func.coalesce(func.max(phone_message.c.seq), 0))).scalar_one())

    def since(self, seq: int, value: str | None = None, *, outgoing: bool | None = None) -> Sequence[PhoneMessage]:
        """Messages after `seq`, oldest first; of one phone where `value` names it."""
        statement = select(phone_message).where(phone_message.c.seq > seq).order_by(phone_message.c.seq)
        if value is not None:
            statement = statement.where(phone_message.c.value == value)
        if outgoing is not None:
            statement = statement.where(phone_message.c.outgoing == outgoing)
        return [
            PhoneMessage(r.seq, Address(r.channel, r.value), r.outgoing, r.key, r.body, r.at)
            for r in self.conn.execute(statement)
        ]

    def letter_of(self, seq: int) -> int | None:
        """The letter that lies at this place on a phone."""
        return self.conn.execute(
            select(phone_message.c.letter_id).where(phone_message.c.seq == seq)
        ).scalar_one_or_none()
