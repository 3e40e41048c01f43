"""How far has an announcement come? Its page asks again and again while something still goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from bot.dashboard.door import Ask, Missing
from data.broadcasts import Broadcast, BroadcastFile
from data.store import Tx
from handlers import broadcast
from handlers.broadcast import TITLES
from messages.envelope import Status

STATES = {
    "waiting": "Belum selesai dikirim",
    "put": "Sedang dikirim",
    "done": "Selesai",
    "cancelled": "Dibatalkan",
}
ARRIVED = {Status.SENT, Status.DELIVERED, Status.READ}
SOON, LATER, MANY = 5, 20, 5000
"""Seconds until the page asks again; families from which counting them costs more than a glance."""


@dataclass(frozen=True, slots=True)
class Line:
    """One announcement in the list."""

    one: Broadcast
    title: str
    at: datetime
    due: datetime
    numbers: str
    by: str
    file: BroadcastFile | None


@dataclass(frozen=True, slots=True)
class Progress:
    line: Line
    tally: Mapping[str | None, int]
    file_line: str
    goes: bool
    """Something of it can still be taken back."""

    now: datetime

    @property
    def total(self) -> int:
        return sum(self.tally.values())

    @property
    def told(self) -> int:
        return sum(self.tally.get(state, 0) for state in ARRIVED)

    @property
    def every(self) -> int:
        """0 when nothing of it waits any longer."""
        waiting = self.tally.get(Status.QUEUED, 0) + self.tally.get(Status.SENDING, 0)
        if self.line.one.state not in {"waiting", "put"} and not waiting:
            return 0
        return SOON if self.total < MANY else LATER


async def page(ask: Ask) -> Response:
    """The parts of the page that change, and nothing around them."""
    found = await ask.look(lambda tx: progress(tx, ask, theirs(tx, ask)))
    return ask.page("siaran-keadaan.html", d=found, STATES=STATES)


def progress(tx: Tx, ask: Ask, found: Broadcast) -> Progress:
    tally = tx.broadcasts.tally(found)
    return Progress(
        line(tx, ask, found, tally),
        tally,
        broadcast.file_line(tx, found).strip(),
        found.state == "waiting" or tx.broadcasts.states(found).get("queued", 0) > 0,
        tx.now.astimezone(tx.scoped.zone(ask.who)),
    )


def theirs(tx: Tx, ask: Ask) -> Broadcast:
    found = tx.broadcasts.get(ask.number("broadcast"))
    if found is None or found.staff_id != ask.who.id:
        raise Missing
    return found


def line(tx: Tx, ask: Ask, found: Broadcast, tally: Mapping[str | None, int]) -> Line:
    zone = tx.scoped.zone(ask.who)
    by = tx.people.staff(found.staff_id)
    at, due = found.created.astimezone(zone), found.due.astimezone(zone)
    numbers, file = broadcast.numbers(found, tally), tx.broadcasts.files.of(found.id)
    return Line(found, TITLES[found.kind], at, due, numbers, by.name if by else "", file)
