"""What rides along with an announcement, and who has not got it yet?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from data.dialect import InsertOnce
from data.prepared import Prepared
from data.records import Consent, Topic
from data.schema import address, broadcast, broadcast_file, broadcast_owed, consent, outbox, outbox_kpm
from messages.envelope import Address, StaffId

KIND = "broadcast_file"
"""The attachment that is kept here, not made."""

FOLLOWS = "broadcast.file"
"""The letter that brings a file to whom it was owed."""

MOST_TRIES = 5
WINDOW = timedelta(hours=24) - timedelta(minutes=1)
OWED_FOR = timedelta(days=7)
"""Later nobody knows any more what it belonged to."""

FORMATS = {
    **{"image/jpeg": "jpg", "application/pdf": "pdf", "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a"},
    **{"audio/aac": "aac", "audio/amr": "amr"},
}
SORTS = {"image": "image", "application": "document", "audio": "voice"}
OWE = InsertOnce(broadcast_owed, ["outbox_id"])

WAITS = Prepared(select(broadcast_owed.c.outbox_id).where(broadcast_owed.c.address_id == bindparam("a")).limit(1))
MAY_FOLLOW = (
    select(broadcast_owed.c.outbox_id, broadcast_owed.c.broadcast_id, address.c.channel, address.c.value)
    .join(address, address.c.id == broadcast_owed.c.address_id)
    .join(consent, and_(consent.c.address_id == address.c.id, consent.c.topic == Topic.MEETINGS.value))
    .where(
        broadcast_owed.c.address_id == bindparam("a"),
        address.c.heard > bindparam("since", type_=address.c.heard.type),
        address.c.blocked.is_(False),
        consent.c.state == Consent.YES.value,
    )
    .order_by(broadcast_owed.c.outbox_id)
)


@dataclass(frozen=True, slots=True)
class BroadcastFile:
    """`sort` is 'image', 'document' or 'voice'; `mime` is known once it is here."""

    id: int
    staff_id: int
    broadcast_id: int | None
    sort: str
    mime: str | None
    fault: str | None
    at: datetime

    @property
    def ready(self) -> bool:
        return self.mime is not None and self.fault is None

    @property
    def format(self) -> str:
        return FORMATS[self.mime or ""]


@dataclass(frozen=True, slots=True)
class Owed:
    """A file that may follow its letter now."""

    outbox_id: int
    broadcast_id: int
    address_id: int
    address: Address


def sort_of(mime: str) -> str:
    return SORTS[mime.partition("/")[0]]


_SHOWN = [broadcast_file.c[name] for name in ("id", "staff_id", "broadcast_id", "sort", "mime", "fault", "at")]


class Files:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def add(self, staff_id: StaffId, sort: str, channel: str, media: str) -> int:
        """Something a platform holds for us."""
        return self._add({"staff_id": staff_id, "sort": sort, "channel": channel, "media": media})

    def keep(self, staff_id: StaffId, mime: str, content: bytes) -> int:
        """Something that came with a page."""
        return self._add({"staff_id": staff_id, "sort": sort_of(mime), "mime": mime, "content": content})

    def _add(self, values: dict[str, Any]) -> int:
        statement = insert(broadcast_file).returning(broadcast_file.c.id)
        return int(self.conn.execute(statement, {**values, "at": self.now}).scalar_one())

    def get(self, file_id: int) -> BroadcastFile | None:
        row = self.conn.execute(select(*_SHOWN).where(broadcast_file.c.id == file_id)).first()
        return BroadcastFile(*row) if row else None

    def of(self, broadcast_id: int) -> BroadcastFile | None:
        row = self.conn.execute(select(*_SHOWN).where(broadcast_file.c.broadcast_id == broadcast_id)).first()
        return BroadcastFile(*row) if row else None

    def content(self, file_id: int) -> bytes | None:
        return self.conn.execute(
            select(broadcast_file.c.content).where(broadcast_file.c.id == file_id)
        ).scalar_one_or_none()

    def drop(self, file_id: int) -> None:
        """Of a draft; what was announced stays."""
        own = and_(broadcast_file.c.id == file_id, broadcast_file.c.broadcast_id.is_(None))
        self.conn.execute(delete(broadcast_file).where(own))

    def belongs(self, file_id: int, broadcast_id: int) -> None:
        self._change(file_id, broadcast_id=broadcast_id)

    # --- fetching

    def waiting(self, limit: int) -> list[Any]:
        """Files that are still at their platform."""
        still = and_(broadcast_file.c.media.is_not(None), broadcast_file.c.tries < MOST_TRIES)
        wanted = (broadcast_file.c.id, broadcast_file.c.sort, broadcast_file.c.channel, broadcast_file.c.media)
        statement = select(*wanted).where(still).order_by(broadcast_file.c.tries, broadcast_file.c.id)
        return list(self.conn.execute(statement.limit(limit)))

    def fetched(self, file_id: int, mime: str, content: bytes) -> None:
        """What it is, whatever it was sent as."""
        self._change(file_id, mime=mime, content=content, media=None, sort=sort_of(mime))

    def tried(self, file_id: int) -> bool:
        """A try failed; True when it was the last one."""
        more = {broadcast_file.c.tries: broadcast_file.c.tries + 1}
        statement = update(broadcast_file).where(broadcast_file.c.id == file_id).values(more)
        tries = self.conn.execute(statement.returning(broadcast_file.c.tries)).scalar_one_or_none()
        return tries is not None and tries >= MOST_TRIES

    def unusable(self, file_id: int, fault: str) -> None:
        self._change(file_id, fault=fault, media=None)

    def _change(self, file_id: int, **values: Any) -> None:
        self.conn.execute(update(broadcast_file).where(broadcast_file.c.id == file_id).values(**values))

    # --- owed

    def owe(self, outbox_id: int, file_id: int) -> int | None:
        """The letter has gone without its file; the address it went to."""
        found = self.get(file_id)
        if found is None or found.broadcast_id is None:
            return None
        where = self.conn.execute(select(outbox.c.address_id).where(outbox.c.id == outbox_id)).scalar_one()
        values = {"outbox_id": outbox_id, "broadcast_id": found.broadcast_id, "address_id": where}
        OWE(self.conn, {**values, "at": self.now})
        return int(where)

    def owed(self, broadcast_id: int) -> int:
        """How many phones have not got it yet."""
        rows = self.conn.execute(
            select(broadcast_owed.c.outbox_id).where(broadcast_owed.c.broadcast_id == broadcast_id)
        )
        return len(rows.all())

    def may_follow(self, address_id: int) -> list[Owed]:
        """What may go to this phone now: it can be written to freely, and its people still agree."""
        if WAITS.first(self.conn, {"a": address_id}) is None:
            return []  # as for nearly every message that comes in
        rows = self.conn.execute(MAY_FOLLOW, {"a": address_id, "since": self.now - WINDOW}).all()
        return [Owed(row[0], row[1], address_id, Address(row.channel, row.value)) for row in rows]

    def families(self, outbox_id: int) -> list[int]:
        """Whom its letter was for."""
        return list(self.conn.execute(select(outbox_kpm.c.kpm_id).where(outbox_kpm.c.outbox_id == outbox_id)).scalars())

    def settled(self, outbox_id: int) -> None:
        self.conn.execute(delete(broadcast_owed).where(broadcast_owed.c.outbox_id == outbox_id))

    def forgive(self, broadcast_id: int) -> None:
        """Taken back: what has not followed yet does not."""
        self.conn.execute(delete(broadcast_owed).where(broadcast_owed.c.broadcast_id == broadcast_id))

    def forget(self) -> None:
        """What nobody waits for any longer."""
        cancelled = select(broadcast.c.id).where(broadcast.c.state == "cancelled")
        old = or_(broadcast_owed.c.at < self.now - OWED_FOR, broadcast_owed.c.broadcast_id.in_(cancelled))
        self.conn.execute(delete(broadcast_owed).where(old))
