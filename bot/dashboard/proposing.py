"""USUL WAKTU on a page: times shown first, asked of the families, their votes, and the one that is picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import Ask, Missing, Refused
from bot.dashboard.groups import chosen
from bot.dashboard.paper import PRIVATE
from bot.dashboard.planning import confirm, when_of
from bot.inbox import post
from data.records import Kelompok
from data.store import Tx
from handlers import meetings
from handlers.meetings import Votes
from messages import catalog


@dataclass(frozen=True, slots=True)
class Desk:
    kelompok: Kelompok
    kelompoks: Sequence[Kelompok]
    votes: Votes | None
    now: datetime


class Fault(Exception):
    """The times cannot be meant; the sentence stands above the form."""


async def page(ask: Ask) -> Response:
    return await _page(ask, {}, "")


async def look(ask: Ask) -> Response:
    def work(tx: Tx) -> str:
        kelompok, times = _wanted(tx, ask)
        return catalog.render("meetings.proposal.preview", meetings.shown(tx, kelompok, times)).text

    try:
        shown = await ask.look(work)
    except Fault as fault:
        return await _page(ask, ask.sent, str(fault))
    return confirm(ask, shown.removesuffix("Kirim?").rstrip(), "/dasbor/jadwal/usul/kirim", "Kirim")


async def send(ask: Ask) -> Response:
    def work(tx: Tx) -> tuple[int, int]:
        kelompok, times = _wanted(tx, ask)
        before = tx.proposals.open_for(kelompok.id)
        if before is not None and [a for a, _ in before.times] == [a for a, _ in times]:
            return kelompok.id, len(tx.proposals.asked(before))  # pressed twice
        letters = meetings.propose(tx, ask.who, kelompok, times)
        if isinstance(letters, tuple):
            raise Fault(catalog.render(*letters).text)
        post(tx, letters)
        return kelompok.id, sum(len(letter.kpms) for letter in letters)

    try:
        kelompok_id, asked = await ask.write(work)
    except Fault as fault:
        return await _page(ask, ask.sent, str(fault))
    await ask.sent_letters()
    return RedirectResponse(f"/dasbor/jadwal/usul?kelompok={kelompok_id}&dikirim={asked}", 303, headers=PRIVATE)


async def pick(ask: Ask) -> Response:
    """Becomes a JADWAL whose time is known; nothing is sent before it was seen."""
    number, choice = ask.number("proposal"), str(ask.sent.get("waktu", ""))

    def work(tx: Tx) -> str:
        one = tx.proposals.get(number)
        mine = {k.id for k in tx.people.kelompok_in_scope(ask.who)}
        if one is None or one.kelompok_id not in mine:
            raise Missing
        if not one.open:
            raise Refused(409, "Usul waktu itu sudah selesai.")
        if choice not in {str(n) for n in range(1, len(one.times) + 1)}:
            raise Refused(400, "Pilihan ini tidak ada.")
        starts, ends = meetings.pick(tx, one, int(choice))
        day = {"tanggal": f"{starts:%Y-%m-%d}", "mulai": f"{starts:%H:%M}", "sampai": f"{ends:%H:%M}"}
        return urlencode({"kelompok": one.kelompok_id, **day})

    return RedirectResponse(f"/dasbor/jadwal/baru?{await ask.write(work)}", 303, headers=PRIVATE)


def _wanted(tx: Tx, ask: Ask) -> tuple[Kelompok, Sequence[tuple[datetime, datetime]]]:
    """Raises Missing for a kelompok of others, Fault for times that cannot be meant."""
    wanted = str(ask.sent.get("kelompok", ""))
    if not wanted:
        raise Refused(422, "Pilih kelompoknya dulu.")
    kelompok = next((k for k in tx.people.kelompok_in_scope(ask.who) if str(k.id) == wanted), None)
    if kelompok is None:
        raise Missing
    try:
        words = [when_of(_numbered(ask.sent, n)) for n in (1, 2, 3) if n < 3 or ask.sent.get("tanggal3")]
    except Refused as fault:
        raise Fault(fault.sentence) from None
    times = meetings.read_times(words, tx.now, kelompok)
    if isinstance(times, tuple):
        raise Fault(catalog.render(*times).text)
    return kelompok, times


def _numbered(sent: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {name: sent.get(f"{name}{number}", "") for name in ("tanggal", "mulai")}


async def _page(ask: Ask, sent: Mapping[str, Any], fault: str) -> Response:
    wanted = str(sent.get("kelompok", ""))

    def work(tx: Tx) -> Desk:
        kelompok, kelompoks = chosen(tx, ask)
        kelompok = next((k for k in kelompoks if str(k.id) == wanted), kelompok)
        one = tx.proposals.open_for(kelompok.id)
        now = tx.now.astimezone(kelompok.zone)
        return Desk(kelompok, kelompoks, meetings.votes(tx, one) if one is not None else None, now)

    found = await ask.look(work)
    said = ask.query("dikirim")
    told = said if said.isascii() and said.isdigit() else ""
    return ask.page("usul.html", title="Usul waktu", d=found, sent=sent, fault=fault, said=told)
