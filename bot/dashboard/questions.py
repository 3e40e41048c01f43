"""What did families write that waits for a human? Answered here as by JAWAB in the chat, or put away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import Ask, Missing, Refused
from bot.dashboard.paper import PRIVATE
from bot.inbox import post
from data.questions import Question
from data.records import Person, Staff
from data.scoped import Asked
from data.store import Tx
from handlers.questions import askers, on_jawab, together
from handlers.speech import TOPICS
from messages import catalog
from messages.envelope import Address, Inbound

KINDS = {"unread": "Belum terbaca bot", "note": "Sesudah pertemuan", "media": "Kiriman", "join": "Minta diterima"}
URGENT = {"urgent": "DARURAT", "loss": "Duka"}
HERE = Address("whatsapp", "")
"""Whoever answers on the page hears of it on the page."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One line: everybody who asks the same, under the number of the oldest."""

    first: Question
    askers: str
    about: str


@dataclass(frozen=True, slots=True)
class Waiting:
    tickets: Sequence[Ticket]
    others: Sequence[Asked]
    zone: ZoneInfo


async def page(ask: Ask) -> Response:
    return await _page(ask, "")


async def answer(ask: Ask) -> Response:
    """The same as JAWAB 3; … in the chat: everybody who asked the same hears it, in their own time."""
    number, words = ask.number("question"), " ".join(str(ask.sent.get("jawaban", "")).replace("\x00", "").split())
    if not words:
        raise Refused(422, "Jawaban masih kosong.")

    def work(tx: Tx) -> str:
        if tx.questions.ticket(ask.who, number) is None:
            raise Missing
        line = f"{number}; {words}"
        msg = Inbound("dasbor", "", HERE, tx.now, text=line)
        said = on_jawab(msg, Person(HERE, 0, ask.who), tx, line.rstrip(" .!?"))
        post(tx, [letter for letter in said if letter.to != HERE])
        return " ".join(catalog.render(one.key, one.params).text for one in said if one.to == HERE)

    told = await ask.write(work)
    await ask.sent_letters()
    return await _page(ask, told)


async def close(ask: Ask) -> Response:
    number = ask.number("question")
    if not await ask.write(lambda tx: tx.scoped.close_question(ask.who, number)):
        raise Missing
    return RedirectResponse("/dasbor/pertanyaan", 303, headers=PRIVATE)


async def _page(ask: Ask, told: str) -> Response:
    found = await ask.look(lambda tx: _waiting(tx, ask.who))
    return ask.page("pertanyaan.html", title="Pertanyaan", d=found, told=told, KINDS=KINDS, URGENT=URGENT)


def _waiting(tx: Tx, who: Staff) -> Waiting:
    zone = tx.scoped.zone(who)
    lines = together(tx.questions.tickets_of(who))
    lines.sort(key=lambda line: (line[0].kind not in URGENT, line[0].id))
    tickets = [
        Ticket(line[0], askers(tx, line), URGENT.get(line[0].kind, TOPICS[line[0].topic or "lain"])) for line in lines
    ]
    others = [one.at_zone(zone) for one in tx.scoped.questions(who) if one.topic is None]
    return Waiting(tickets, others, zone)
