"""A SIARAN written on a page: chosen, shown first, then recorded with the functions of the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import LARGEST_NUMBER, Ask, Missing, Refused
from bot.dashboard.forms import Upload
from bot.dashboard.paper import PRIVATE
from bot.dashboard.planning import when_of
from bot.exports.enclosures import Unusable, ready
from bot.inbox import post
from data.broadcasts import BroadcastFile
from data.records import Audience, Kelompok, Role
from data.store import Tx
from handlers import broadcast
from handlers.broadcast import TITLES, Seen
from handlers.rules.broadcast import LONGEST, tidy
from handlers.rules.dates import DateFault, read_when
from messages import catalog

COMPONENTS = ("ibu hamil", "ibu nifas", "balita", "anak sekolah", "lansia", "disabilitas")
STATES = ("belum jawab", "belum kuis", "belum kewajiban")
ALPA = {"alpa 1x": "alpa terakhir kali", "alpa 2x": "alpa 2 kali berturut-turut", "alpa 3x": "alpa 3 kali"}
LANGUAGES = {"bahasa indonesia": "Bahasa Indonesia", "bahasa banjar": "Bahasa Banjar"}
NAMED = 300
TWICE = timedelta(minutes=10)
"""The same words for the same people within this time are one announcement, pressed twice."""

SORTS = {b"%PDF-": "document"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says, checked: it can be shown and sent."""

    kind: str
    said: str
    audience: Audience
    words: str
    later: datetime | None
    file: int | None

    def as_chat(self) -> dict[str, Any]:
        return {"kind": self.kind, "said": self.said, "words": self.words, "file": self.file}


class Fault(Exception):
    """The form says something that cannot be meant; the sentence stands above it."""


async def blank(ask: Ask) -> Response:
    wanted = ask.query("kelompok")
    return await _form(ask, {f"k:{wanted}": "ya"} if wanted else {}, "")


async def look(ask: Ask) -> Response:
    """Names, reach, cost, moment and the letter itself, before anything is recorded."""
    if ask.sent.get("aksi") == "ubah":
        return await _form(ask, ask.sent, "")
    sent: Mapping[str, Any] = ask.sent
    try:
        sent = await _with_file(ask)
        seen = await ask.look(lambda tx: _seen(tx, ask, sent)[1])
    except Fault as fault:
        return await _form(ask, sent, str(fault))
    kept = {name: value for name, value in sent.items() if name not in {"csrf", "aksi"} and isinstance(value, str)}
    line = broadcast.line(seen.file, seen.counts, typed=False)
    return ask.page("siaran-lihat.html", title="Periksa dulu", seen=seen, kept=kept, file_line=line)


async def send(ask: Ask) -> Response:
    """Counted over the reading door: a whole kabupaten takes longer than the writer has."""

    def known(tx: Tx) -> int | None:
        file = _known_file(tx, ask, ask.sent)
        return file.broadcast_id if file is not None else None

    def work(tx: Tx) -> int:
        if (twice := known(tx)) is not None:
            return twice
        draft, last = _draft(tx, ask, ask.sent), tx.broadcasts.latest(ask.who.id)
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
    draft = _draft(tx, ask, sent)
    due = broadcast.due_of(tx, draft.later)
    seen = broadcast.see(tx, ask.who, draft.as_chat(), draft.audience, due=due, names=NAMED)
    if seen is None:
        raise Fault(catalog.render("broadcast.nobody", {"audience": draft.said}).text)
    return draft, seen


def _draft(tx: Tx, ask: Ask, sent: Mapping[str, Any]) -> Draft:
    kelompoks = tx.people.kelompok_in_scope(ask.who)
    if not kelompoks:
        raise Refused(404, "Belum ada kelompok untuk Anda.")
    kind, words = str(sent.get("jenis") or "biasa"), tidy(str(sent.get("isi", "")).replace("\x00", ""))
    if kind not in TITLES:
        raise Refused(400, "Jenis siaran ini tidak ada.")
    audience, said = _audience(ask, sent, kelompoks)
    if not words.strip("."):
        raise Fault("Isinya masih kosong.")
    if (refused := broadcast.refused_words(words, kind)) is not None:
        raise Fault(catalog.render(*refused).text)
    return Draft(kind, said, audience, words, _later(tx, sent, kelompoks[0]), _file(tx, ask, sent))


def _audience(ask: Ask, sent: Mapping[str, Any], kelompoks: Sequence[Kelompok]) -> tuple[Audience, str]:
    """Groups one by one or by desa, and what narrows them."""
    groups, desa = ({name[2:] for name in sent if name.startswith(sort)} for sort in ("k:", "d:"))
    ids = {k.id for k in kelompoks if str(k.id) in groups or str(k.desa_id) in desa}
    if not groups <= {str(k.id) for k in kelompoks} or not desa <= {str(k.desa_id) for k in kelompoks}:
        raise Missing
    everybody = "semua" in sent
    if not ids and not everybody:
        raise Fault("Pilih dulu untuk siapa: kelompok, desa, atau semua.")
    narrowing = [name[2:] for name in sent if name.startswith("n:")]
    narrowing += [str(sent[name]) for name in ("alpa", "bahasa") if sent.get(name)]
    if everybody and ask.who.role is Role.PENDAMPING:
        ids = {k.id for k in kelompoks}
    whole = everybody and ask.who.role is not Role.PENDAMPING
    try:
        audience, said = broadcast.compose(ids, narrowing, kelompoks, everybody=whole)
    except LookupError:
        raise Refused(400, "Pilihan ini tidak ada.") from None
    return audience, said if not everybody else ", ".join(["semua", *narrowing])


def _later(tx: Tx, sent: Mapping[str, Any], kelompok: Kelompok) -> datetime | None:
    if sent.get("kapan") != "nanti":
        return None
    try:
        read = read_when(when_of(sent), tx.now.astimezone(kelompok.zone))
    except DateFault as fault:
        raise Fault(catalog.render(fault.key, fault.params).text) from None
    except Refused as fault:
        raise Fault(fault.sentence) from None
    return datetime.combine(read.day, read.starts, kelompok.zone)


def _file(tx: Tx, ask: Ask, sent: Mapping[str, Any]) -> int | None:
    found = _known_file(tx, ask, sent)
    if found is not None and (found.broadcast_id is not None or not found.ready):
        raise Missing
    return found.id if found is not None else None


def _known_file(tx: Tx, ask: Ask, sent: Mapping[str, Any]) -> BroadcastFile | None:
    """The file that came with an earlier look. Raises Missing for one of others."""
    number = str(sent.get("berkas_ada", ""))
    if not number or sent.get("tanpa_berkas"):
        return None
    known = number.isascii() and number.isdigit() and int(number[:20]) < LARGEST_NUMBER
    found = tx.broadcasts.files.get(int(number)) if known else None
    if found is None or found.staff_id != ask.who.id:
        raise Missing
    return found


async def _with_file(ask: Ask) -> dict[str, Any]:
    """What was sent; a file that came along is made ready and kept, in the place of the one before."""
    sent = dict(ask.sent)
    upload = sent.pop("berkas", None)
    if isinstance(upload, Upload):
        sort = SORTS.get(upload.content[:5], "image")
        try:
            mime, content = await asyncio.to_thread(ready, sort, upload.content)
        except Unusable as unusable:
            raise Fault(f"Berkas itu {broadcast.UNUSABLE[unusable.fault]}. Pilih foto atau PDF yang lain.") from None
        keep = (ask.who.id, sort, mime, content)
        sent["berkas_ada"] = str(await ask.write(lambda tx: tx.broadcasts.files.keep(*keep)))
        sent.pop("tanpa_berkas", None)
    elif sent.get("tanpa_berkas"):
        sent.pop("berkas_ada", None)
        sent.pop("tanpa_berkas")
    return sent


async def _form(ask: Ask, sent: Mapping[str, Any], fault: str) -> Response:
    def work(tx: Tx) -> list[Kelompok]:
        return tx.people.kelompok_in_scope(ask.who)

    kelompoks = await ask.look(work)
    if not kelompoks:
        raise Refused(404, "Belum ada kelompok untuk Anda.")
    places: dict[str, dict[int, list[Kelompok]]] = {}
    for one in kelompoks:
        places.setdefault(one.kecamatan, {}).setdefault(one.desa_id, []).append(one)
    choices = {"COMPONENTS": COMPONENTS, "STATES": STATES, "ALPA": ALPA, "LANGUAGES": LANGUAGES}
    texts = {"TITLES": TITLES, "LONGEST": LONGEST, "EXAMPLES": broadcast.EXAMPLES}
    groups = ask.who.role is Role.PENDAMPING
    words = {"places": places, "groups": groups, "sent": sent, "fault": fault}
    return ask.page("siaran-baru.html", title="Tulis siaran", **words, **choices, **texts)
