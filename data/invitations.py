"""Which codes bring a Telegram chat in, and which chats wait until their pendamping says who they are?"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from data.schema import address, invitation, question
from messages.envelope import Address, KpmId, StaffId

LASTS = timedelta(days=30)
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Nothing that looks like something else (l and 1, o and 0): a code may have to be typed. Five bits a sign."""

LENGTH = 17
"""85 bits: nobody guesses one."""

JOIN = "join"
"""The kind of a question that is a chat's wish to be let in."""

ADD = insert(invitation)
BY_CODE = select(invitation).where(invitation.c.code == bindparam("c"))
USE = (
    update(invitation)
    .where(
        invitation.c.code == bindparam("b_code"),
        invitation.c.used.is_(None),
        invitation.c.expires > bindparam("b_now", type_=invitation.c.expires.type),
    )
    .values(used=bindparam("b_now", type_=invitation.c.used.type), used_by=bindparam("b_address"))
)
ASK = insert(question).returning(question.c.id)
REQUEST = (
    select(
        question.c.id,
        question.c.address_id,
        question.c.kelompok_id,
        question.c.kpm_id,
        question.c.text,
        question.c.state,
        address.c.channel,
        address.c.value,
    )
    .join(address, address.c.id == question.c.address_id)
    .where(question.c.id == bindparam("i"), question.c.kind == JOIN)
)
SETTLE = (
    update(question)
    .where(question.c.id == bindparam("b_id"), question.c.kind == JOIN, question.c.state == "open")
    .values(state="closed")
)
WITHDRAW = (
    update(question)
    .where(question.c.address_id == bindparam("b_address"), question.c.kind == JOIN, question.c.state == "open")
    .values(state="closed")
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """For a kelompok (many may use it, and it only gives the right to ask), or for one family or member of staff."""

    code: str
    kelompok_id: int | None
    kpm_id: KpmId | None
    staff_id: StaffId | None
    by: StaffId | None
    expires: datetime
    used_by: int | None

    @property
    def single(self) -> bool:
        return self.kelompok_id is None


@dataclass(frozen=True, slots=True)
class Request:
    """A chat that says who it is, and waits. `kpm_id` is the family meant; None when its name fits none or several."""

    id: int
    address_id: int
    address: Address
    kelompok_id: int
    kpm_id: KpmId | None
    name: str
    open: bool


class Invitations:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    # --- codes

    def create(
        self,
        *,
        kelompok_id: int | None = None,
        kpm_id: int | None = None,
        staff_id: int | None = None,
        by: StaffId | None = None,
    ) -> Invitation:
        """A new code for exactly one of the three; it is good for 30 days."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        whom = {"kelompok_id": kelompok_id, "kpm_id": kpm_id, "staff_id": staff_id, "by_staff_id": by}
        self.conn.execute(ADD, {"code": code, **whom, "created": self.now, "expires": self.now + LASTS})
        found = self.get(code)
        assert found is not None  # noqa: S101  it was added a line ago
        return found

    def get(self, code: str) -> Invitation | None:
        row = self.conn.execute(BY_CODE, {"c": code.lower()}).first()
        if row is None:
            return None
        return Invitation(
            row.code, row.kelompok_id, row.kpm_id, row.staff_id, row.by_staff_id, row.expires, row.used_by
        )

    def use(self, code: str, address_id: int) -> bool:
        """Spend a single-use code; False when somebody has, or when it is too old."""
        return self.conn.execute(USE, {"b_code": code, "b_now": self.now, "b_address": address_id}).rowcount > 0

    def void(self, staff_id: int) -> int:
        """Codes for a member of staff, and those that she gave out, open nothing from now on."""
        hers = (invitation.c.staff_id == staff_id) | (invitation.c.by_staff_id == staff_id)
        still = (invitation.c.used.is_(None)) & (invitation.c.expires > self.now)
        return self.conn.execute(update(invitation).where(hers, still).values(expires=self.now)).rowcount

    # --- chats that wait

    def ask(self, address_id: int, kelompok_id: int, name: str, kpm_id: int | None) -> int:
        values = {"at": self.now, "address_id": address_id, "kind": JOIN, "text": name[:80], "state": "open"}
        return int(self.conn.execute(ASK, {**values, "kelompok_id": kelompok_id, "kpm_id": kpm_id}).scalar_one())

    def request(self, request_id: int) -> Request | None:
        row = self.conn.execute(REQUEST, {"i": request_id}).first()
        if row is None:
            return None
        where = Address(row.channel, row.value)
        return Request(row.id, row.address_id, where, row.kelompok_id, row.kpm_id, row.text, row.state == "open")

    def settle(self, request_id: int) -> bool:
        """Answer it once; False when it was answered before."""
        return self.conn.execute(SETTLE, {"b_id": request_id}).rowcount > 0

    def withdraw(self, address_id: int) -> None:
        """It is known whose chat this is: what it asked before is answered."""
        self.conn.execute(WITHDRAW, {"b_address": address_id})
