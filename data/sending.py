"""Which letters may leave now, which have left without an answer, and what do the platforms say of them?

The sender's half of the outbox. It looks without changing anything, takes just before sending, and whatever it writes
about a letter that is on its way carries its fence, so that one who has lost the lease can undo nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from data.outbox import DUE, FORWARD, MOMENT, Claimed, as_claimed
from data.prepared import Prepared
from data.schema import address, kpm, outbox, outbox_kpm
from messages.envelope import Priority, Status, StatusUpdate

WINDOW = timedelta(hours=24)

_LIVES = or_(outbox.c.expires.is_(None), outbox.c.expires > bindparam("now", type_=MOMENT))
LOOK = Prepared(
    DUE.add_columns(address.c.blocked).where(outbox.c.address_id.not_in(bindparam("skip", expanding=True)), _LIVES)
)
SOMETHING_DUE = Prepared(
    select(outbox.c.id)
    .where(outbox.c.state == "queued", outbox.c.not_before <= bindparam("now", type_=MOMENT))
    .limit(1)
)
TAKE = Prepared(
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == "queued", _LIVES)
    .values(
        state="sending",
        fence=bindparam("f"),
        attempts=outbox.c.attempts + 1,
        status_at=bindparam("now", type_=MOMENT),
    )
    .returning(outbox.c.id),
    [outbox.c.id],
)
MINE = (outbox.c.id == bindparam("b_id"), outbox.c.state == "sending", outbox.c.fence == bindparam("b_fence"))
_OTHER_ATTEMPT = func.coalesce(outbox.c.platform_id, "") != bindparam("b_pid")
SENT = Prepared(
    update(outbox)
    .where(
        outbox.c.id == bindparam("b_id"),
        outbox.c.state != "cancelled",
        outbox.c.state != "expired",
    )
    .values(
        # A status may have come before the answer: then the state is further on, and only the words are missing.
        state=case(
            (or_(outbox.c.state == "queued", outbox.c.state == "sending"), "sent"),
            (and_(outbox.c.state == "failed", _OTHER_ATTEMPT), "sent"),
            else_=outbox.c.state,
        ),
        platform_id=bindparam("b_pid"),
        text=bindparam("b_text"),
        template=bindparam("b_template"),
        error=case((and_(outbox.c.state == "failed", ~_OTHER_ATTEMPT), outbox.c.error), else_=None),
        sent=func.coalesce(outbox.c.sent, bindparam("b_at", type_=MOMENT)),
        status_at=bindparam("b_at", type_=MOMENT),
    )
)
BACK = Prepared(
    update(outbox)
    .where(*MINE)
    .values(
        state="queued",
        not_before=bindparam("b_from", type_=MOMENT),
        error=bindparam("b_error"),
        attempts=outbox.c.attempts - bindparam("b_uncounted"),
    )
)
FAIL = Prepared(
    update(outbox).where(*MINE).values(state="failed", error=bindparam("b_error"), status_at=bindparam("b_at"))
)
NOTE = Prepared(update(outbox).where(*MINE).values(error=bindparam("b_error")))
FLYING = Prepared(
    select(*DUE.selected_columns, outbox.c.fence)
    .join(address, address.c.id == outbox.c.address_id)
    .where(outbox.c.state == "sending", outbox.c.channel.in_(bindparam("channels", expanding=True)))
)
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


class Sending:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    # --- before

    def something_due(self) -> bool:
        """Cheap, also where many letters wait for their day."""
        return SOMETHING_DUE.first(self.conn, {"now": self.now}) is not None

    def look(self, channels: Collection[str], limit: int, most: Priority, skip: Collection[int] = ()) -> list[Claimed]:
        """The next due letters in order, several of one address too; `skip` names addresses."""
        values = {"channels": list(channels), "now": self.now, "n": limit, "most": int(most), "skip": list(skip)}
        rows = LOOK.all(self.conn, values)
        return [replace(as_claimed(row), blocked=True) if row.blocked else as_claimed(row) for row in rows]

    def take(self, ids: Collection[int], fence: int) -> set[int]:
        """They are ours from this commit on; what was cancelled or went stale since the look is not among them."""
        if not ids:
            return set()
        return {row.id for row in TAKE.all(self.conn, {"ids": sorted(ids), "f": fence, "now": self.now})}

    # --- after

    def sent(self, letters: Iterable[tuple[int, str, str, str | None]]) -> None:
        """(letter, the platform's id, the words, the template they went as): true whoever says it, so no fence."""
        for i, pid, text, template in sorted(letters, key=lambda one: one[0]):
            row = {"b_id": i, "b_pid": pid, "b_text": text, "b_template": template, "b_at": self.now}
            SENT.change(self.conn, row)

    def put_back(self, letter_id: int, fence: int, wait: timedelta, error: str, *, free: bool = False) -> bool:
        """The same letter may pass later; `free` when the attempt is not to be counted."""
        values = {"b_from": self.now + wait, "b_error": error[:200] or None, "b_uncounted": int(free)}
        return BACK.change(self.conn, {"b_id": letter_id, "b_fence": fence, **values}) > 0

    def fail(self, letter_id: int, fence: int, error: str) -> bool:
        values = {"b_id": letter_id, "b_fence": fence, "b_error": error[:200] or None, "b_at": self.now}
        return FAIL.change(self.conn, values) > 0

    def note(self, letter_id: int, fence: int, error: str) -> None:
        """It left and nobody answered: it stays on its way until a status tells, or the wait for one is over."""
        NOTE.change(self.conn, {"b_id": letter_id, "b_fence": fence, "b_error": error[:200]})

    def flying(self, channels: Collection[str]) -> list[Claimed]:
        """Every letter that left, or was about to when its sender was last heard of."""
        rows = FLYING.all(self.conn, {"channels": list(channels)})
        return [replace(as_claimed(row), fence=row.fence or 0, attempts=row.attempts - 1) for row in rows]

    # --- what the platforms say later

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
