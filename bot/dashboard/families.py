"""The families: who they are, how they can be reached or why not, when they came, and what was seen on a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import Ask, Missing, Refused
from bot.dashboard.obligations import STATES
from bot.dashboard.paper import PRIVATE
from data.obligations import Member
from data.records import Consent, Kelompok, Kpm, Line, Staff, Topic
from data.scoped import Asked, Found, Past, Visited
from data.store import Tx
from handlers import obligations, status
from handlers.rules.verkom import Entry
from handlers.speech import REASONS
from messages import catalog
from messages.envelope import Address
from messages.privacy import without_long_numbers

CONSENT = {
    Consent.YES: "setuju menerima",
    Consent.NO: "tidak mau menerima",
    Consent.LATER: "menjawab nanti saja",
    Consent.STOPPED: "STOP PESAN",
    None: "belum menjawab",
}
COMPONENTS = {
    "ibu_hamil": "ibu hamil",
    "nifas": "nifas",
    "anak_usia_dini": "anak usia dini",
    "sekolah": "anak sekolah",
    "lansia": "lansia",
    "disabilitas_berat": "disabilitas berat",
    "lain": "anggota lain",
}
TOPICS = {Topic.MEETINGS: "pertemuan dan kuis", Topic.HEALTH: "pengingat kesehatan dan sekolah"}
LANGUAGES = {"id": "Indonesia", "bjn": "Banjar", "jv": "Jawa"}
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Phone:
    """One address of a family, as it may be shown to its pendamping."""

    address: Address
    line: Line

    @property
    def words(self) -> str:
        state = "memblokir bot" if self.line.blocked else "tidak terjangkau" if self.line.unreachable else ""
        return ", ".join(filter(None, [CONSENT[self.line.consent], state]))


@dataclass(frozen=True, slots=True)
class Family:
    kpm: Kpm
    kelompok: Kelompok
    born: date | None
    reached: str
    phones: Sequence[Phone]
    members: Sequence[Any]
    agreed: Sequence[tuple[Address, str, str, datetime]]
    duties: Sequence[tuple[Member, Sequence[Entry]]]
    history: Sequence[Past]
    visits: Sequence[Visited]
    questions: Sequence[Asked]
    now: datetime


async def every(ask: Ask) -> Response:
    words, wanted = ask.query("cari"), ask.query("kelompok")
    only = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 15 else None

    def look(tx: Tx) -> tuple[list[Found], list[Kelompok]]:
        return tx.scoped.families(ask.who, words, only), tx.people.kelompok_in_scope(ask.who)

    found, kelompoks = await ask.look(look)
    more = {"words": words, "only": only, "kelompoks": kelompoks}
    return ask.page("keluarga-semua.html", title="Keluarga", found=found, **more)


async def one(ask: Ask) -> Response:
    """That it was looked at stands in the audit."""
    found = await ask.look(lambda tx: _family(tx, ask.who, ask.number("kpm")))
    await ask.write(lambda tx: tx.audit.write(f"staff:{ask.who.id}", "family.viewed", f"kpm:{found.kpm.id}"))
    return ask.page(
        "keluarga.html",
        title=found.kpm.name,
        d=found,
        COMPONENTS=COMPONENTS,
        LANGUAGES=LANGUAGES,
        STATES=STATES,
        thing=obligations.thing,
    )


async def note_visit(ask: Ask) -> Response:
    """Write down what was seen, then back to where it was written."""
    kpm_id, text = ask.number("kpm"), _note(ask.sent.get("catatan", ""))
    if not text:
        raise Refused(422, "Catatan masih kosong.")
    if not await ask.write(lambda tx: tx.scoped.note_visit(ask.who, kpm_id, text)):
        raise Missing
    back = "/dasbor/tindak-lanjut" if ask.sent.get("kembali") == "tindak-lanjut" else f"/dasbor/keluarga/{kpm_id}"
    return RedirectResponse(f"{back}#k{kpm_id}", 303, headers=PRIVATE)


def _note(text: str) -> str:
    """Sixteen digits in a row are kept nowhere, in a note neither."""
    return without_long_numbers(text.replace("\x00", "")).strip()[:LONGEST_NOTE]


def _family(tx: Tx, who: Staff, kpm_id: int) -> Family:
    kpm = tx.scoped.family(who, kpm_id)
    kelompok = tx.scoped.kelompok(who, kpm.kelompok_id) if kpm else None
    if kpm is None or kelompok is None:
        raise Missing
    zone = kelompok.zone
    return Family(
        kpm,
        kelompok,
        tx.scoped.born(who, kpm_id),
        catalog.render(*status.sentence(tx, kpm, kelompok, tx.now)).text.removeprefix(f"{kpm.name}: "),
        [Phone(address, line) for address, line in tx.scoped.phones(who, kpm_id)],
        tx.people.members_of(kpm_id),
        [
            (address, TOPICS[topic], CONSENT[state], at.astimezone(zone))
            for address, topic, state, at in tx.scoped.consents(who, kpm_id)
        ],
        obligations.history(tx, kpm.id, tx.now.astimezone(zone).date()),
        [_local(past, zone) for past in tx.scoped.history(who, kpm_id)],
        [visit.at_zone(zone) for visit in tx.scoped.visits(who, [kpm_id])],
        tx.scoped.questions(who, kpm_id),
        tx.now.astimezone(zone),
    )


def _local(past: Past, zone: Any) -> Past:
    return past.at_zone(zone, REASONS.get(past.reason or "", ""))
