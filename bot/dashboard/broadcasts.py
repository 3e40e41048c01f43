"""What was announced, and what came of it? Written on the next page, sent, taken back and allowed as in the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import Ask, Missing
from bot.dashboard.paper import PRIVATE
from bot.dashboard.played import handed
from bot.inbox import post
from data.broadcasts import Broadcast, BroadcastFile, Told
from data.records import Role
from data.store import Tx
from handlers import broadcast
from handlers.broadcast import TITLES
from messages import catalog
from messages.envelope import Status

SHOWN, FAMILIES = 30, 2000
STATES = {
    "waiting": "Belum selesai dikirim",
    "put": "Sedang dikirim",
    "done": "Selesai",
    "cancelled": "Dibatalkan",
}
ARRIVED = {Status.SENT, Status.DELIVERED, Status.READ}


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
class Result:
    line: Line
    tally: Mapping[str | None, int]
    families: Sequence[tuple[Told, str]]
    file_line: str
    goes: bool
    """Something of it can still be taken back."""

    copied: str
    now: datetime

    @property
    def total(self) -> int:
        return sum(self.tally.values())

    @property
    def told(self) -> int:
        return sum(self.tally.get(state, 0) for state in ARRIVED)

    @property
    def waiting(self) -> int:
        return self.tally.get(Status.QUEUED, 0) + self.tally.get(Status.SENDING, 0)

    @property
    def left(self) -> int:
        return self.total - len(self.families)


async def every(ask: Ask) -> Response:
    def work(tx: Tx) -> tuple[list[Line], list[Line]]:
        own = [_line(tx, ask, one) for one in tx.broadcasts.of(ask.who.id, SHOWN)]
        if ask.who.role is Role.PENDAMPING:
            return own, []
        return own, [_line(tx, ask, one) for one in tx.broadcasts.asked() if broadcast.may_decide(tx, ask.who, one)]

    own, asked = await ask.look(work)
    return ask.page("siaran.html", title="Siaran", own=own, asked=asked, STATES=STATES, said=ask.query("izin"))


async def one(ask: Ask) -> Response:
    return await _one(ask, "")


async def take_back(ask: Ask) -> Response:
    """What has not gone does not go; how many had it is said."""

    def work(tx: Tx) -> str:
        key, words = broadcast.take_back(tx, ask.who, _theirs(tx, ask))
        return catalog.render(key, words).text

    return await _one(ask, await ask.write(work))


async def decide(ask: Ask) -> Response:
    """Setuju or Tolak, while people sleep."""
    allowed = ask.sent.get("jawab") == "setuju"

    def work(tx: Tx) -> None:
        found = tx.broadcasts.get(ask.number("broadcast"))
        by = tx.people.staff(found.staff_id) if found is not None else None
        if found is None or by is None or not broadcast.may_decide(tx, ask.who, found):
            raise Missing
        post(tx, [broadcast.decide(tx, ask.who, by, found, allowed)])

    await ask.write(work)
    await ask.sent_letters()
    return RedirectResponse(f"/dasbor/siaran?izin={'setuju' if allowed else 'tolak'}", 303, headers=PRIVATE)


async def file(ask: Ask) -> Response:
    """The file of a draft or of an announcement: for whoever wrote it, and for whoever is asked about it."""
    number = ask.number("file")

    def work(tx: Tx) -> tuple[BroadcastFile, bytes]:
        found, content = tx.broadcasts.files.get(number), tx.broadcasts.files.content(number)
        if found is None or content is None or not found.mime:
            raise Missing
        one = tx.broadcasts.get(found.broadcast_id) if found.broadcast_id is not None else None
        if found.staff_id != ask.who.id and (one is None or not broadcast.may_decide(tx, ask.who, one)):
            raise Missing
        return found, content

    found, content = await ask.look(work)
    how = "inline" if found.sort != "document" else "attachment"
    headers = {**PRIVATE, "Content-Disposition": f'{how}; filename="siaran-{found.id}.{found.format}"'}
    return handed(ask.request, content, found.mime or "", headers)


def _theirs(tx: Tx, ask: Ask) -> Broadcast:
    found = tx.broadcasts.get(ask.number("broadcast"))
    if found is None or found.staff_id != ask.who.id:
        raise Missing
    return found


def _line(tx: Tx, ask: Ask, found: Broadcast) -> Line:
    zone = tx.scoped.zone(ask.who)
    by = tx.people.staff(found.staff_id)
    numbers = broadcast.numbers(found, tx.broadcasts.tally(found))
    at, due = found.created.astimezone(zone), found.due.astimezone(zone)
    return Line(found, TITLES[found.kind], at, due, numbers, by.name if by else "", tx.broadcasts.files.of(found.id))


async def _one(ask: Ask, said: str) -> Response:
    def work(tx: Tx) -> Result:
        found = _theirs(tx, ask)
        words = {"pendamping": ask.who.name, "audience": found.said, "words": found.words}
        tally = tx.broadcasts.tally(found)
        return Result(
            _line(tx, ask, found),
            tally,
            broadcast.each(tx, found, FAMILIES),
            broadcast.file_line(tx, found).strip(),
            found.state == "waiting" or tx.broadcasts.states(found).get("queued", 0) > 0,
            catalog.render("broadcast.copy", words).text,
            tx.now.astimezone(tx.scoped.zone(ask.who)),
        )

    found = await ask.look(work)
    return ask.page("siaran-hasil.html", title=found.line.title, d=found, said=said, STATES=STATES, ARRIVED=ARRIVED)
