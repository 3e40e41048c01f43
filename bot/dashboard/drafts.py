"""What does the form of a SIARAN say? Audience, words, moment and file, each checked as in the chat."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dashboard.door import LARGEST_NUMBER, Ask, Missing, Refused
from bot.dashboard.planning import when_of
from bot.exports.enclosures import Unusable, ready
from data.broadcasts import BroadcastFile
from data.records import Audience, Kelompok, Role
from data.store import Tx
from handlers import broadcast
from handlers.broadcast import TITLES
from handlers.rules.broadcast import tidy
from handlers.rules.dates import DateFault, read_when
from messages import catalog


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


def read(tx: Tx, ask: Ask, sent: Mapping[str, Any]) -> Draft:
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
    narrowing += [str(sent[name]) for name in ("kehadiran", "jawaban", "bahasa") if sent.get(name)]
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
    found = known_file(tx, ask, sent)
    if found is not None and (found.broadcast_id is not None or not found.ready):
        raise Missing
    return found.id if found is not None else None


def known_file(tx: Tx, ask: Ask, sent: Mapping[str, Any]) -> BroadcastFile | None:
    """The file that came with an earlier look. Raises Missing for one of others."""
    number = str(sent.get("berkas_ada", ""))
    if not number or sent.get("tanpa_berkas"):
        return None
    known = number.isascii() and number.isdigit() and int(number[:20]) < LARGEST_NUMBER
    found = tx.broadcasts.files.get(int(number)) if known else None
    if found is None or found.staff_id != ask.who.id:
        raise Missing
    return found


async def with_file(ask: Ask) -> dict[str, Any]:
    """What was sent; a file that came along is made ready and kept, in the place of the one before."""
    sent = dict(ask.sent)
    uploads = sent.pop("file:berkas", ())
    if uploads:
        try:
            mime, content = await asyncio.to_thread(ready, uploads[0])
        except Unusable as unusable:
            why = broadcast.UNUSABLE[unusable.fault]
            raise Fault(f"Berkas itu {why}. Pilih foto, PDF, atau rekaman suara yang lain.") from None
        keep = (ask.who.id, mime, content)
        sent["berkas_ada"] = str(await ask.write(lambda tx: tx.broadcasts.files.keep(*keep)))
        sent.pop("tanpa_berkas", None)
    elif sent.get("tanpa_berkas"):
        sent.pop("berkas_ada", None)
        sent.pop("tanpa_berkas")
    return sent
