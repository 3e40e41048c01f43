"""What was announced, and what came of it? Written on the next page, sent, taken back and allowed as in the chat."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import Ask, Missing
from bot.dashboard.paper import PRIVATE
from bot.dashboard.played import handed
from bot.dashboard.progress import ARRIVED, STATES, Line, Progress, line, progress, theirs
from bot.inbox import post
from data.broadcasts import Broadcast, BroadcastFile, Told
from data.records import Role
from data.store import Tx
from handlers import broadcast
from messages import catalog

SHOWN, FAMILIES = 30, 2000


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
        key, words = broadcast.take_back(tx, ask.who, theirs(tx, ask))
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


def _line(tx: Tx, ask: Ask, found: Broadcast) -> Line:
    return line(tx, ask, found, tx.broadcasts.tally(found))


async def _one(ask: Ask, said: str) -> Response:
    def work(tx: Tx) -> tuple[Progress, Sequence[tuple[Told, str]], str]:
        found = theirs(tx, ask)
        words = {"pendamping": ask.who.name, "audience": found.said, "words": found.words}
        copied = catalog.render("broadcast.copy", words).text
        return progress(tx, ask, found), broadcast.each(tx, found, FAMILIES), copied

    d, families, copied = await ask.look(work)
    words = {"families": families, "left": d.total - len(families), "copied": copied, "said": said}
    return ask.page("siaran-hasil.html", title=d.line.title, d=d, STATES=STATES, ARRIVED=ARRIVED, **words)
