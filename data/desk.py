"""Who may open the pages? Signed links that are spent once, and sessions; of both only a hash is kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from itsdangerous import BadSignature, Signer
from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from data.audit import Audit
from data.people import STAFF, staff_record
from data.records import Staff
from data.schema import desk_link, desk_session, staff
from messages.envelope import StaffId

LINK_LASTS = timedelta(minutes=10)
SESSION_LASTS = timedelta(hours=12)
MOMENT = desk_link.c.expires.type

SPEND = (
    update(desk_link)
    .where(
        desk_link.c.hash == bindparam("b_hash"),
        desk_link.c.spent.is_(None),
        desk_link.c.expires > bindparam("b_now", type_=MOMENT),
    )
    .values(spent=bindparam("b_now", type_=MOMENT))
)
OF_SESSION = (
    select(*STAFF)
    .join(desk_session, desk_session.c.staff_id == staff.c.id)
    .where(
        desk_session.c.hash == bindparam("h"),
        desk_session.c.ended.is_(None),
        desk_session.c.expires > bindparam("now", type_=MOMENT),
        staff.c.active,
    )
)
OF_LINK = (
    select(staff.c.name)
    .join(desk_link, desk_link.c.staff_id == staff.c.id)
    .where(
        desk_link.c.hash == bindparam("h"),
        desk_link.c.spent.is_(None),
        desk_link.c.expires > bindparam("now", type_=MOMENT),
        staff.c.active,
    )
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh session: what the cookie carries, and until when it counts."""

    token: str
    staff_id: StaffId
    expires: datetime


class Desk:
    """`key` is asked only when something is signed."""

    def __init__(self, conn: Connection, now: datetime, audit: Audit, key: Callable[[], str]) -> None:
        self.conn, self.now, self.audit, self._key = conn, now, audit, key

    # --- links

    def link(self, who: StaffId) -> str:
        """A token for one link; an older one that was not used yet no longer opens anything."""
        self.conn.execute(delete(desk_link).where(desk_link.c.staff_id == who, desk_link.c.spent.is_(None)))
        nonce = secrets.token_urlsafe(24)
        values = {"hash": hashed(nonce), "staff_id": who, "created": self.now, "expires": self.now + LINK_LASTS}
        self.conn.execute(insert(desk_link), values)
        return _signer(self._key()).sign(nonce).decode()

    def whose(self, token: str) -> str | None:
        """For whom a link is; None for one that opens nothing (any more). Looking spends nothing."""
        nonce = self._nonce(token)
        if nonce is None:
            return None
        return self.conn.execute(OF_LINK, {"h": hashed(nonce), "now": self.now}).scalar_one_or_none()

    def spend(self, token: str) -> Opened | None:
        """Open a session with a link, once."""
        nonce = self._nonce(token)
        if nonce is None or not self.conn.execute(SPEND, {"b_hash": hashed(nonce), "b_now": self.now}).rowcount:
            return None
        who = self.conn.execute(
            select(desk_link.c.staff_id)
            .join(staff, staff.c.id == desk_link.c.staff_id)
            .where(desk_link.c.hash == hashed(nonce), staff.c.active)
        ).scalar_one_or_none()
        if who is None:
            return None
        token, expires = secrets.token_urlsafe(32), self.now + SESSION_LASTS
        values = {"hash": hashed(token), "staff_id": who, "created": self.now, "expires": expires}
        self.conn.execute(insert(desk_session), values)
        self.audit.write(f"staff:{who}", "desk.signed_in", f"staff:{who}")
        return Opened(token, StaffId(who), expires)

    def _nonce(self, token: str) -> str | None:
        try:
            return _signer(self._key()).unsign(token).decode()
        except (BadSignature, UnicodeError):
            return None

    # --- sessions

    def who(self, token: str) -> Staff | None:
        """Whose session a cookie is; None when it is over, revoked, or its owner no longer works here."""
        row = self.conn.execute(OF_SESSION, {"h": hashed(token), "now": self.now}).first()
        return staff_record(row) if row else None

    def end(self, token: str) -> None:
        self._end(desk_session.c.hash == hashed(token))

    def end_all(self, who: StaffId) -> None:
        """On every phone and computer."""
        self._end(desk_session.c.staff_id == who)
        self.audit.write(f"staff:{who}", "desk.signed_out_everywhere", f"staff:{who}")

    def revoke(self, who: StaffId) -> int:
        """Sessions and links of somebody who lost her phone or left; returns how many sessions were open."""
        self.conn.execute(delete(desk_link).where(desk_link.c.staff_id == who))
        return self._end(desk_session.c.staff_id == who)

    def _end(self, which: object) -> int:
        statement = update(desk_session).where(which, desk_session.c.ended.is_(None))  # type: ignore[arg-type]
        return self.conn.execute(statement.values(ended=self.now)).rowcount

    def forget(self) -> None:
        """Drop what opens nothing any more."""
        self.conn.execute(delete(desk_link).where(desk_link.c.expires <= self.now))
        self.conn.execute(
            delete(desk_session).where(or_(desk_session.c.expires <= self.now, desk_session.c.ended.is_not(None)))
        )


def hashed(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _signer(key: str) -> Signer:
    return Signer(key, salt="like-pkh desk link", digest_method=sha256)
