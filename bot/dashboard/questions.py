"""What did families write that waits for a human? Read it, call her, put it away."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import Ask, Missing
from bot.dashboard.paper import PRIVATE
from data.scoped import Asked
from data.store import Tx

KINDS = {
    "question": "Pertanyaan",
    "unread": "Belum terbaca bot",
    "note": "Sesudah pertemuan",
    "media": "Kiriman",
    "join": "Minta diterima",
    "urgent": "Mendesak",
}


async def page(ask: Ask) -> Response:
    def look(tx: Tx) -> list[Asked]:
        zone = tx.scoped.zone(ask.who)
        return [one.at_zone(zone) for one in tx.scoped.questions(ask.who)]

    return ask.page("pertanyaan.html", title="Pertanyaan", asked=await ask.look(look), KINDS=KINDS)


async def close(ask: Ask) -> Response:
    number = ask.number("question")
    if not await ask.write(lambda tx: tx.scoped.close_question(ask.who, number)):
        raise Missing
    return RedirectResponse("/dasbor/pertanyaan", 303, headers=PRIVATE)
