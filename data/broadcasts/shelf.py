"""What was announced, and how far did it come?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from data.broadcasts.audience import Whom
from data.broadcasts.files import FOLLOWS, Files
from data.broadcasts.records import Broadcast, Told
from data.dialect import InsertOnce
from data.people import KPM, kpm_record
from data.prepared import Prepared
from data.records import Audience, Kpm, LetterNews, Staff
from data.schema import broadcast, broadcast_kpm, kpm, outbox, outbox_kpm
from messages.envelope import KpmId, Status

REMEMBER = InsertOnce(broadcast_kpm, ["broadcast_id", "kpm_id"])
FOR_KPM = InsertOnce(outbox_kpm, ["outbox_id", "kpm_id"])
DUE = Prepared(
    select(broadcast)
    .where(broadcast.c.state.in_(["waiting", "put"]), broadcast.c.due <= bindparam("now", type_=broadcast.c.due.type))
    .order_by(broadcast.c.due, broadcast.c.id)
    .limit(1)
)


class Broadcasts:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now
        self.whom, self.files = Whom(conn, now), Files(conn, now)

    # --- the announcement

    def add(
        self,
        by: Staff,
        kind: str,
        said: str,
        audience: Audience,
        words: str,
        due: datetime,
        night: str = "no",
        file: int | None = None,
    ) -> Broadcast:
        values = {"staff_id": by.id, "kind": kind, "said": said[:200], "audience": asdict(audience), "words": words}
        values |= {"due": due, "night": night, "created": self.now}
        added = self.conn.execute(insert(broadcast).returning(broadcast.c.id), values).scalar_one()
        if file is not None:
            self.files.belongs(file, added)
        found = self.get(added)
        assert found is not None  # noqa: S101  it was just added
        return found

    def get(self, broadcast_id: int) -> Broadcast | None:
        row = self.conn.execute(select(broadcast).where(broadcast.c.id == broadcast_id)).first()
        return _record(row) if row else None

    def latest(self, staff_id: int) -> Broadcast | None:
        statement = select(broadcast).where(broadcast.c.staff_id == staff_id).order_by(broadcast.c.id.desc()).limit(1)
        row = self.conn.execute(statement).first()
        return _record(row) if row else None

    def of(self, staff_id: int, limit: int) -> list[Broadcast]:
        """Their own, the newest first."""
        statement = select(broadcast).where(broadcast.c.staff_id == staff_id).order_by(broadcast.c.id.desc())
        return [_record(row) for row in self.conn.execute(statement.limit(limit))]

    def asked(self) -> list[Broadcast]:
        """Those that wait for a koordinator's yes, of whatever scope."""
        waits = (broadcast.c.state == "waiting", broadcast.c.night == "asked")
        return [_record(row) for row in self.conn.execute(select(broadcast).where(*waits).order_by(broadcast.c.id))]

    def due(self) -> Broadcast | None:
        """The next one that has something to do."""
        row = DUE.first(self.conn, {"now": self.now})
        return _record(row) if row else None

    def change(self, broadcast_id: int, **values: Any) -> None:
        self.conn.execute(update(broadcast).where(broadcast.c.id == broadcast_id).values(**values))

    def remember(self, broadcast_id: int, families: Collection[tuple[Kpm, int | None, str | None]]) -> None:
        """(family, its letter, why there is none)."""
        for one, letter, why in families:
            values = {"broadcast_id": broadcast_id, "kpm_id": one.id, "kelompok_id": one.kelompok_id}
            REMEMBER(self.conn, {**values, "outbox_id": letter, "why": why})

    def letter_at(self, one: Broadcast, address_id: int) -> int | None:
        """The letter of this announcement that an address has already."""
        statement = select(outbox.c.id).where(outbox.c.once == f"{one.about}:address:{address_id}")
        return self.conn.execute(statement).scalar_one_or_none()

    def also_for(self, letter_id: int, kpm_ids: Collection[KpmId]) -> None:
        """A phone serves another family of the audience too."""
        for kpm_id in kpm_ids:
            FOR_KPM(self.conn, {"outbox_id": letter_id, "kpm_id": kpm_id})

    # --- what became of it

    def states(self, one: Broadcast) -> Mapping[str, int]:
        """Letters by how far they came; a file that follows its letter is no other one."""
        rows = self.conn.execute(
            select(outbox.c.state, func.count().label("n"))
            .where(outbox.c.about == one.about, outbox.c.key != FOLLOWS)
            .group_by(outbox.c.state)
        )
        return {row.state: row.n for row in rows}

    def tally(self, one: Broadcast) -> Mapping[str | None, int]:
        """Families by how far their letter came; None had none."""
        rows = self.conn.execute(
            select(outbox.c.state, func.count().label("n"))
            .select_from(broadcast_kpm.outerjoin(outbox, outbox.c.id == broadcast_kpm.c.outbox_id))
            .where(broadcast_kpm.c.broadcast_id == one.id)
            .group_by(outbox.c.state)
        )
        return {row.state: row.n for row in rows}

    def missed(self, one: Broadcast, limit: int) -> list[Told]:
        """The families it has not reached, by name."""
        arrived = outbox.c.state.in_(["sent", "delivered", "read"])
        return self._told(one, limit, ~func.coalesce(arrived, False))

    def each(self, one: Broadcast, limit: int) -> list[Told]:
        """Every family, by name."""
        return self._told(one, limit)

    def _told(self, one: Broadcast, limit: int, *which: Any) -> list[Told]:
        at = func.coalesce(outbox.c.sent, outbox.c.not_before, type_=outbox.c.sent.type).label("at")
        letter = (outbox.c.key, outbox.c.channel, outbox.c.state.label("came"), at, outbox.c.error)
        families = broadcast_kpm.join(kpm, kpm.c.id == broadcast_kpm.c.kpm_id)
        rows = self.conn.execute(
            select(*KPM, broadcast_kpm.c.why, *letter)
            .select_from(families.outerjoin(outbox, outbox.c.id == broadcast_kpm.c.outbox_id))
            .where(broadcast_kpm.c.broadcast_id == one.id, *which)
            .order_by(kpm.c.name, kpm.c.id)
            .limit(limit)
        )
        return [
            Told(
                kpm_record(row),
                row.why,
                LetterNews(row.key, row.channel, Status(row.came), row.at, row.error or "") if row.key else None,
            )
            for row in rows
        ]

    def last_announcement(self, kelompok_id: int, kind: str, since: datetime) -> Broadcast | None:
        """The newest announcement of this kind that really went to the kelompok: for 'kapan cair?'."""
        went = exists().where(
            broadcast_kpm.c.broadcast_id == broadcast.c.id,
            broadcast_kpm.c.kelompok_id == kelompok_id,
            outbox.c.id == broadcast_kpm.c.outbox_id,
            outbox.c.state.in_(["sent", "delivered", "read"]),
        )
        row = self.conn.execute(
            select(broadcast)
            .where(broadcast.c.kind == kind, broadcast.c.created > since, went)
            .order_by(broadcast.c.id.desc())
            .limit(1)
        ).first()
        return _record(row) if row else None


def _record(row: Any) -> Broadcast:
    audience: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.audience.items()
    }
    return Broadcast(**{**row._asdict(), "audience": Audience(**audience)})
