"""Who is to be looked at today, and how can they be reached? Batches of families, never a walk through everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, bindparam, func, select, update

from data.obligations.records import Line
from data.people import KPM, UNREACHABLE_AFTER, kpm_record
from data.prepared import Prepared
from data.records import Consent, FamilyStatus, Topic
from data.schema import (
    address,
    consent,
    desa,
    kabupaten,
    kecamatan,
    kelompok,
    kpm,
    kpm_address,
    meeting,
    meeting_kelompok,
    member,
)
from messages.envelope import Address, KpmId

LOOK_FIRST = date(1970, 1, 1)
"""A member who has just been entered; the column's default."""

LOOK_AT_ONCE = date(1970, 1, 2)
"""A member of whom something has changed."""

MOMENT = meeting.c.starts.type
ZONES = Prepared(select(kabupaten.c.zone).distinct())
DUE = Prepared(
    select(member.c.id, member.c.kpm_id, member.c.next_on)
    .join(kpm, kpm.c.id == member.c.kpm_id)
    .join(kelompok, kelompok.c.id == kpm.c.kelompok_id)
    .join(desa, desa.c.id == kelompok.c.desa_id)
    .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
    .join(kabupaten, kabupaten.c.id == kecamatan.c.kabupaten_id)
    .where(member.c.next_on <= bindparam("day"), kabupaten.c.zone == bindparam("zone"))
    .order_by(member.c.next_on)  # along its index: PostgreSQL would else read everybody to find the few
    .limit(bindparam("n"))
)
ALSO_DUE = Prepared(
    select(member.c.id, member.c.kpm_id, member.c.next_on)
    .join(kpm_address, kpm_address.c.kpm_id == member.c.kpm_id)
    .where(
        member.c.next_on <= bindparam("day"),
        kpm_address.c.address_id.in_(
            select(kpm_address.c.address_id).where(kpm_address.c.kpm_id.in_(bindparam("ks", expanding=True)))
        ),
        member.c.kpm_id.not_in(bindparam("ks", expanding=True)),
    )
)
"""The other families on their phones, where they are due too: one letter names them all."""

SET_NEXT = Prepared(
    update(member).where(member.c.id.in_(bindparam("ids", expanding=True))).values(next_on=bindparam("next"))
)
_MEETINGS, _HEALTH = consent.alias("meetings"), consent.alias("health")
LINES = Prepared(
    select(
        *KPM,
        address.c.id.label("address_id"),
        address.c.channel,
        address.c.value,
        address.c.heard,
        kpm_address.c.own,
        _HEALTH.c.state.label("health"),
    )
    .join(kpm_address, kpm_address.c.kpm_id == kpm.c.id)
    .join(address, address.c.id == kpm_address.c.address_id)
    .join(_MEETINGS, and_(_MEETINGS.c.address_id == address.c.id, _MEETINGS.c.topic == Topic.MEETINGS.value))
    .outerjoin(_HEALTH, and_(_HEALTH.c.address_id == address.c.id, _HEALTH.c.topic == Topic.HEALTH.value))
    .where(
        kpm.c.id.in_(bindparam("ks", expanding=True)),
        kpm.c.status == FamilyStatus.AKTIF.value,
        _MEETINGS.c.state == Consent.YES.value,
        address.c.blocked.is_(False),
        address.c.failures < UNREACHABLE_AFTER,
    )
    .order_by(kpm.c.name, kpm.c.id, address.c.heard.desc().nulls_last(), address.c.id)
)
SERVED = Prepared(
    select(kpm_address.c.address_id, func.count().label("n"))
    .where(kpm_address.c.address_id.in_(bindparam("addresses", expanding=True)))
    .group_by(kpm_address.c.address_id)
)
MEETINGS_AHEAD = Prepared(
    select(meeting_kelompok.c.kelompok_id, meeting.c.starts, meeting.c.announced, meeting.c.step)
    .join(meeting, meeting.c.id == meeting_kelompok.c.meeting_id)
    .where(
        meeting.c.starts > bindparam("since", type_=MOMENT),
        meeting.c.starts < bindparam("until", type_=MOMENT),
        meeting.c.cancelled.is_(False),
        meeting_kelompok.c.kelompok_id.in_(bindparam("ks", expanding=True)),
    )
)
KELOMPOK_OF = Prepared(select(kpm.c.id, kpm.c.kelompok_id).where(kpm.c.id.in_(bindparam("ks", expanding=True))))
REFUSED = {Consent.NO.value, Consent.LATER.value}


@dataclass(frozen=True, slots=True)
class Look:
    """A family to look at, and the members on whose account."""

    kpm_id: KpmId
    new: Sequence[int]
    """These members have just been entered, and there is no other reason to look."""


class Queue:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def zones(self) -> list[ZoneInfo]:
        return [ZoneInfo(row.zone) for row in ZONES.all(self.conn, {})]

    def due(self, day: date, zone: ZoneInfo, limit: int) -> list[Look]:
        """Families with a member whose day has come, and those who share a phone with them."""
        rows = DUE.all(self.conn, {"day": day, "zone": str(zone), "n": limit})
        if rows:
            ids = sorted({row.kpm_id for row in rows})
            rows += ALSO_DUE.all(self.conn, {"day": day, "ks": ids})
        found: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            found[row.kpm_id].append(row)
        return [
            Look(KpmId(kpm_id), [r.id for r in mine] if all(r.next_on == LOOK_FIRST for r in mine) else ())
            for kpm_id, mine in sorted(found.items())
        ]

    def set_next(self, days: Mapping[int, date | None]) -> None:
        together: dict[date | None, list[int]] = defaultdict(list)
        for member_id in sorted(days):
            together[days[member_id]].append(member_id)
        for day, ids in together.items():
            SET_NEXT.change(self.conn, {"ids": ids, "next": day})

    def look_again(self, kpm_id: int, day: date = LOOK_AT_ONCE) -> None:
        self.conn.execute(update(member).where(member.c.kpm_id == kpm_id).values(next_on=day))

    def look_by(self, desa_id: int, day: date) -> None:
        """A posyandu day has changed: small children of this desa are looked at on that day at the latest."""
        there = (
            select(kpm.c.id)
            .join(kelompok, kelompok.c.id == kpm.c.kelompok_id)
            .where(kelompok.c.desa_id == desa_id)
            .scalar_subquery()
        )
        self.conn.execute(
            update(member)
            .where(member.c.next_on > day, member.c.component == "anak_usia_dini", member.c.kpm_id.in_(there))
            .values(next_on=day)
        )

    def next_day(self) -> date | None:
        found: date | None = self.conn.execute(
            select(member.c.next_on).where(member.c.next_on.is_not(None)).order_by(member.c.next_on).limit(1)
        ).scalar()
        return found

    def lines(self, kpm_ids: Collection[int]) -> dict[int, Line]:
        """The address of each active family that may be written to; of two the one last heard from."""
        rows = LINES.all(self.conn, {"ks": list(kpm_ids)})
        served = {row.address_id: row.n for row in self._served({row.address_id for row in rows})}
        found: dict[int, Line] = {}
        for row in rows:
            if row.id in found:
                continue
            health = None if row.health in {None, Consent.STOPPED.value} else row.health not in REFUSED
            hours = (self.now - row.heard).total_seconds() / 3600 if row.heard else None
            alone = bool(row.own) and served.get(row.address_id, 1) == 1
            where = Address(row.channel, row.value)
            found[row.id] = Line(kpm_record(row), where, row.address_id, alone, health, hours)
        return found

    def kelompok_of(self, kpm_ids: Collection[int]) -> dict[int, int]:
        """Also of those who cannot be written to."""
        rows = KELOMPOK_OF.all(self.conn, {"ks": list(kpm_ids)}) if kpm_ids else []
        return {row.id: row.kelompok_id for row in rows}

    def _served(self, addresses: Collection[int]) -> Sequence[Any]:
        return SERVED.all(self.conn, {"addresses": list(addresses)}) if addresses else []

    def meetings_ahead(
        self, kelompok_ids: Collection[int], until: datetime
    ) -> dict[int, list[tuple[datetime, datetime, int]]]:
        """(start, announced, steps done) of the meetings of these groups that are still to come."""
        found: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
        for row in MEETINGS_AHEAD.all(self.conn, {"since": self.now, "until": until, "ks": list(kelompok_ids)}):
            found[row.kelompok_id].append((row.starts, row.announced, row.step))
        return found
