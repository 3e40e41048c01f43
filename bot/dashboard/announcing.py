"""A SIARAN written on a page: chosen, shown first, then recorded with the functions of the chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import Ask, Refused
from bot.dashboard.drafts import Draft, Fault, known_file, read, with_file
from bot.dashboard.paper import PRIVATE
from bot.inbox import post
from data.records import Kelompok, Role
from data.store import Tx
from handlers import broadcast
from handlers.broadcast import TITLES, Seen
from handlers.rules.broadcast import LONGEST
from messages import catalog

COMPONENTS = ("ibu hamil", "ibu nifas", "balita", "anak sekolah", "lansia", "disabilitas")
STATES = ("belum jawab", "belum kuis", "belum kewajiban")
ATTENDED = {
    "hadir terakhir": "hadir terakhir kali",
    "tidak hadir terakhir": "tidak hadir terakhir kali",
    "alpa 1x": "alpa terakhir kali",
    "alpa 2x": "alpa 2 kali berturut-turut",
    "alpa 3x": "alpa 3 kali",
}
ANSWERS = {"akan datang": "akan datang", "tidak bisa": "tidak bisa datang", "belum tahu": "belum tahu"}
LANGUAGES = {"bahasa indonesia": "Bahasa Indonesia", "bahasa banjar": "Bahasa Banjar"}
NAMED = 300
TWICE = timedelta(minutes=10)
"""The same words for the same people within this time are one announcement, pressed twice."""


async def blank(ask: Ask) -> Response:
    wanted = ask.query("kelompok")
    return await _form(ask, {f"k:{wanted}": "ya"} if wanted else {}, "")


async def look(ask: Ask) -> Response:
    """Names, reach, cost, moment and the letter itself, before anything is recorded."""
    if ask.sent.get("aksi") == "ubah":
        return await _form(ask, ask.sent, "")
    sent: Mapping[str, Any] = ask.sent
    try:
        sent = await with_file(ask)
        seen = await ask.look(lambda tx: _seen(tx, ask, sent)[1])
    except Fault as fault:
        return await _form(ask, sent, str(fault))
    kept = {name: value for name, value in sent.items() if name not in {"csrf", "aksi"} and isinstance(value, str)}
    line = broadcast.line(seen.file, seen.counts, typed=False)
    return ask.page("siaran-lihat.html", title="Periksa dulu", seen=seen, kept=kept, file_line=line)


async def send(ask: Ask) -> Response:
    """Counted over the reading door: a whole kabupaten takes longer than the writer has."""

    def known(tx: Tx) -> int | None:
        file = known_file(tx, ask, ask.sent)
        return file.broadcast_id if file is not None else None

    def work(tx: Tx) -> int:
        if (twice := known(tx)) is not None:
            return twice
        draft, last = read(tx, ask, ask.sent), tx.broadcasts.latest(ask.who.id)
        same = last is not None and (last.words, last.kind, last.audience) == (draft.words, draft.kind, draft.audience)
        if last is not None and same and last.state != "cancelled" and last.created > tx.now - TWICE:
            return last.id
        due = broadcast.due_of(tx, draft.later)
        done = broadcast.announce(
            tx, ask.who, draft.kind, draft.said, draft.audience, draft.words, due, told, draft.file
        )
        post(tx, list(done.letters))
        return done.one.id

    try:
        told = 0
        if await ask.look(known) is None:
            told = (await ask.look(lambda tx: _seen(tx, ask, ask.sent)[1])).told
        number = await ask.write(work)
    except Fault as fault:
        return await _form(ask, ask.sent, str(fault))
    await ask.sent_letters()
    return RedirectResponse(f"/dasbor/siaran/{number}", 303, headers=PRIVATE)


def _seen(tx: Tx, ask: Ask, sent: Mapping[str, Any]) -> tuple[Draft, Seen]:
    """Raises Fault."""
    draft = read(tx, ask, sent)
    due = broadcast.due_of(tx, draft.later)
    seen = broadcast.see(tx, ask.who, draft.as_chat(), draft.audience, due=due, names=NAMED)
    if seen is None:
        raise Fault(catalog.render("broadcast.nobody", {"audience": draft.said}).text)
    return draft, seen


async def _form(ask: Ask, sent: Mapping[str, Any], fault: str) -> Response:
    def work(tx: Tx) -> list[Kelompok]:
        return tx.people.kelompok_in_scope(ask.who)

    kelompoks = await ask.look(work)
    if not kelompoks:
        raise Refused(404, "Belum ada kelompok untuk Anda.")
    places: dict[str, dict[int, list[Kelompok]]] = {}
    for one in kelompoks:
        places.setdefault(one.kecamatan, {}).setdefault(one.desa_id, []).append(one)
    choices = {
        "COMPONENTS": COMPONENTS,
        "STATES": STATES,
        "ATTENDED": ATTENDED,
        "ANSWERS": ANSWERS,
        "LANGUAGES": LANGUAGES,
    }
    texts = {"TITLES": TITLES, "LONGEST": LONGEST, "EXAMPLES": broadcast.EXAMPLES}
    groups = ask.who.role is Role.PENDAMPING
    words = {"places": places, "groups": groups, "sent": sent, "fault": fault}
    return ask.page("siaran-baru.html", title="Tulis siaran", **words, **choices, **texts)
