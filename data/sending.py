"""Which letters may leave now, and which have left without an answer?

The sender's half of the outbox. It looks without changing anything, takes just before sending, and whatever it writes
about a letter that is on its way carries its fence, so that one who has lost the lease can undo nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select, text, update

from data.prepared import Prepared
from data.schema import address, outbox
from messages.envelope import Address, Attachment, Letter, Priority

MOMENT = outbox.c.created.type
BUSY = select(outbox.c.address_id).where(outbox.c.state == "sending").scalar_subquery()
_EARLIER = outbox.alias("earlier")
OVERTAKES = exists().where(
    # Spelled out, so that the databases see that the small index `ix_outbox_again` is enough.
    text("earlier.state = 'queued' AND earlier.attempts > 0"),
    _EARLIER.c.address_id == outbox.c.address_id,
    _EARLIER.c.not_before > bindparam("now", type_=MOMENT),
    _EARLIER.c.priority <= outbox.c.priority,
    _EARLIER.c.id < outbox.c.id,
)
"""An earlier letter to this address waits for its next attempt: order per person is kept."""
DUE = (
    select(
        outbox.c.id,
        outbox.c.address_id,
        outbox.c.key,
        outbox.c.params,
        outbox.c.language,
        outbox.c.priority,
        outbox.c.about,
        outbox.c.unasked,
        outbox.c.attachment,
        outbox.c.attempts,
        address.c.channel,
        address.c.value,
        address.c.heard,
    )
    .join(address, address.c.id == outbox.c.address_id)
    .where(
        outbox.c.state == "queued",
        outbox.c.channel.in_(bindparam("channels", expanding=True)),
        outbox.c.not_before <= bindparam("now", type_=MOMENT),
        outbox.c.priority <= bindparam("most"),
        outbox.c.address_id.not_in(BUSY),
        ~OVERTAKES,
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("n"))
)
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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter taken by the sender, with what it needs to settle it."""

    letter: Letter
    address_id: int
    about: str | None
    unasked: bool
    attempts: int
    priority: int = 0
    fence: int = 0
    blocked: bool = False
    """Its person has blocked us since it was put there."""

    def held(self, fence: int) -> Claimed:
        """The same, taken under this fence. `dataclasses.replace` costs four times as much, for every letter."""
        return Claimed(
            self.letter, self.address_id, self.about, self.unasked, self.attempts, self.priority, fence, self.blocked
        )


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
        for i, pid, words, template in sorted(letters, key=lambda one: one[0]):
            row = {"b_id": i, "b_pid": pid, "b_text": words, "b_template": template, "b_at": self.now}
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


def as_claimed(row: Any) -> Claimed:
    where = Address(row.channel, row.value)
    attachment = Attachment(row.attachment["kind"], row.attachment["params"]) if row.attachment else None
    letter = Letter(row.id, where, row.key, row.params, row.language, row.heard, attachment)
    return Claimed(letter, row.address_id, row.about, row.unasked, row.attempts, row.priority)
