"""What do the platforms say later of letters that have gone? Statuses only move forward, in any order they come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from data.prepared import Prepared
from data.schema import address, kpm, outbox, outbox_kpm
from messages.envelope import Status, StatusUpdate

MOMENT = outbox.c.created.type
WINDOW = timedelta(hours=24)
FORWARD = {
    Status.QUEUED: 0,
    Status.SENDING: 1,
    Status.SENT: 2,
    Status.DELIVERED: 3,
    Status.READ: 4,
}
"""Statuses only move forward, whatever order the platform reports them in."""

KNOWN = Prepared(
    select(
        outbox.c.id,
        outbox.c.state,
        outbox.c.key,
        outbox.c.platform_id,
        outbox.c.address_id,
        outbox.c.about,
        outbox.c.attempts,
    )
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(outbox.c.id)
    .with_for_update()
)
IDS_BY_NAME = Prepared(
    select(outbox.c.id, outbox.c.platform_id).where(outbox.c.platform_id.in_(bindparam("names", expanding=True)))
)
MOVE = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        platform_id=func.coalesce(outbox.c.platform_id, bindparam("b_pid")),
        sent=func.coalesce(outbox.c.sent, bindparam("b_sent", type_=MOMENT)),
        error=bindparam("b_error"),
        status_at=bindparam("b_at", type_=MOMENT),
    )
)
AGAIN = (
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"), or_(outbox.c.state == "sent", outbox.c.state == "failed"))
    .values(state="queued", not_before=bindparam("b_from", type_=MOMENT))
)
FAMILIES = Prepared(
    select(outbox_kpm.c.outbox_id, kpm.c.id, kpm.c.kelompok_id)
    .join(kpm, kpm.c.id == outbox_kpm.c.kpm_id)
    .where(outbox_kpm.c.outbox_id.in_(bindparam("ids", expanding=True)))
    .order_by(outbox_kpm.c.outbox_id, kpm.c.id)
)
ARRIVED = Prepared(
    update(address).where(address.c.id.in_(bindparam("ids", expanding=True)), address.c.failures > 0).values(failures=0)
)
WINDOW_OVER = (
    update(address)
    .where(address.c.id == bindparam("b_id"), address.c.heard == bindparam("b_heard"))
    .values(heard=bindparam("b_earlier"))
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A letter that a status moved forward, with what may follow from it."""

    update: StatusUpdate
    letter_id: int
    key: str
    address_id: int
    about: str | None
    was: Status
    attempts: int


class Arrivals:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def progress(self, updates: Sequence[StatusUpdate]) -> list[Moved]:
        """Statuses only move forward, whatever order they come in: returns what really moved, in order."""
        ids = self._letters(updates)
        rows = {r.id: r for r in KNOWN.all(self.conn, {"ids": sorted({i for i in ids if i is not None})})}
        state = {i: Status(r.state) for i, r in rows.items()}
        moved, changes = [], {}
        for said, letter_id in zip(updates, ids, strict=True):
            row = rows.get(letter_id)
            if row is None or not _forward(state[row.id], said.status):
                continue
            if said.status is Status.FAILED and row.platform_id not in (None, said.platform_id):
                continue  # an earlier attempt, whose answer was lost; a later one is on its way
            moved.append(Moved(said, row.id, row.key, row.address_id, row.about, state[row.id], row.attempts))
            state[row.id] = said.status
            changes[row.id] = self._change(row.id, said)
        for change in changes.values():
            MOVE.change(self.conn, change)
        return moved

    def _letters(self, updates: Sequence[StatusUpdate]) -> list[int | None]:
        """Our own number comes back with a status; where it does not, the platform's id tells."""
        names = {u.platform_id for u in updates if u.letter is None}
        known: Mapping[str, int] = {}
        if names:
            known = {r.platform_id: r.id for r in IDS_BY_NAME.all(self.conn, {"names": sorted(names)})}
        return [known.get(u.platform_id) if u.letter is None else u.letter for u in updates]

    def _change(self, letter_id: int, said: StatusUpdate) -> dict[str, Any]:
        failed = said.status is Status.FAILED
        return {
            "b_id": letter_id,
            "b_state": said.status.value,
            "b_pid": said.platform_id or None,
            "b_sent": None if failed else self.now,
            "b_error": f"{said.code or ''} {said.reason}".strip()[:200] or None,
            "b_at": self.now,
        }

    def again(self, letter_id: int, wait: timedelta) -> None:
        """The platform took it and gave it up later, for a reason that passes."""
        self.conn.execute(AGAIN, {"b_id": letter_id, "b_from": self.now + wait})

    def families_of(self, letter_ids: Collection[int]) -> Sequence[tuple[int, int, int]]:
        """(letter, family, kelompok) of everybody these letters are for."""
        rows = FAMILIES.all(self.conn, {"ids": sorted(letter_ids)})
        return [(row.outbox_id, row.id, row.kelompok_id) for row in rows]

    def arrived(self, address_ids: Collection[int]) -> None:
        """Something arrived there, so earlier failures no longer count."""
        if address_ids:
            ARRIVED.change(self.conn, {"ids": sorted(address_ids)})

    def heard(self, address_id: int) -> datetime | None:
        """When somebody last wrote from there."""
        found: datetime | None = self.conn.execute(select(address.c.heard).where(address.c.id == address_id)).scalar()
        return found

    def window_over(self, address_id: int, heard: datetime | None) -> None:
        """The platform counts the 24 hours otherwise than we do; unless she has written since, it is right."""
        if heard is not None:
            earlier = min(heard, self.now - WINDOW)
            self.conn.execute(WINDOW_OVER, {"b_id": address_id, "b_heard": heard, "b_earlier": earlier})


def _forward(state: Status, said: Status) -> bool:
    if said is Status.FAILED:
        return state in {Status.SENDING, Status.SENT}
    if state is Status.FAILED:  # one of two attempts
        return said in {Status.DELIVERED, Status.READ}
    return state in FORWARD and FORWARD[state] < FORWARD[said]
