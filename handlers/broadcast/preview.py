"""What is seen before Kirim? Names, who is told and who cannot be, the cost, the moment, and the letter itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.broadcasts import BroadcastFile, Counts
from data.content.prices import prices
from data.records import Audience, Role, Staff
from data.store import Tx
from handlers.broadcast import files
from handlers.rules.broadcast import URGENT, cost
from handlers.rules.courtesy import PER_WEEK, may_speak, next_allowed
from messages import catalog, spoken

NAMES, NAMES_LENGTH = 15, 250
"""More names than this, or longer ones, are counted: a message with buttons holds 1,024 characters."""

KEYS = {
    "biasa": "broadcast.plain",
    "pencairan": "broadcast.money",
    "banjir": "broadcast.urgent",
    "baksos": "broadcast.urgent",
    "sosialisasi": "broadcast.outreach",
}
TITLES = {
    "biasa": "Siaran",
    "pencairan": "Kabar pencairan",
    "banjir": "Kabar bencana",
    "baksos": "Kabar baksos",
    "sosialisasi": "Undangan sosialisasi",
}
EXAMPLES = {
    "biasa": "Besok bawa Buku KIA.",
    "pencairan": "Kamis 26 November di kantor pos. Bawa KTP dan kartu.",
    "banjir": "Air naik. Pindah ke balai desa bersama anak dan lansia.",
    "baksos": "Besok 08.00 ada pembagian sembako di balai desa.",
    "sosialisasi": "Sabtu 09.00 di balai desa tentang gizi anak.",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to see of a draft, for the chat and for the page."""

    title: str
    said: str
    names: Sequence[str]
    counts: Counts
    price: str
    file: BroadcastFile | None
    when: str
    shown: str

    @property
    def told(self) -> int:
        counts = self.counts
        return counts.families - counts.phoneless - counts.silent - counts.full


def see(
    tx: Tx, by: Staff, draft: Mapping[str, Any], audience: Audience, *, due: datetime, names: int = NAMES
) -> Seen | None:
    """None when nobody is meant."""
    kind = draft["kind"]
    counts = tx.broadcasts.whom.counts(by, audience, None if kind in URGENT else PER_WEEK)
    if not counts.families:
        return None
    zone = tx.people.kelompok_in_scope(by)[0].zone
    return Seen(
        TITLES[kind],
        draft["said"],
        tx.broadcasts.whom.names(by, audience, names),
        counts,
        f"Rp{cost(counts.template, prices()['marketing']):,}".replace(",", "."),
        files.of_draft(tx, draft),
        when_it_goes(tx, due, zone, night_of(tx, by, kind, due, zone)),
        shown(kind, "Ibu …", by.name, draft["words"]),
    )


def night_of(tx: Tx, by: Staff, kind: str, due: datetime, zone: ZoneInfo) -> str:
    """Something urgent while people sleep: a koordinator may, a pendamping asks one."""
    if kind not in URGENT or may_speak(due, zone, tx.settings.hours()):
        return "no"
    return "asked" if by.role is Role.PENDAMPING else "allowed"


def preview(seen: Seen) -> dict[str, object]:
    """The parameters of `broadcast.preview`."""
    return {
        "title": seen.title,
        "audience": seen.said,
        "names": _names(seen.names, seen.counts.families, NAMES_LENGTH - 120 * bool(seen.file)),
        "families": str(seen.counts.families),
        "told": str(seen.told),
        "unreached": unreached(seen.counts),
        "free": str(seen.counts.free),
        "letters": str(seen.counts.template),
        "price": seen.price,
        "file": f"{line} " if (line := files.line(seen.file, seen.counts)) else "",
        "when": seen.when,
        "shown": seen.shown,
    }


def _names(names: Sequence[str], families: int, room: int) -> str:
    """'Aminah, Siti, Wati', 'Aminah, Siti, dan 25 lainnya'."""
    shown = list(names)
    while len(", ".join(shown)) > room and len(shown) > 1:
        shown.pop()
    left = families - len(shown)
    return ", ".join(shown) + (f", dan {left} lainnya" if left else "")


def unreached(counts: Counts) -> str:
    """', tanpa HP 3, belum setuju 2'."""
    parts = (
        ("tanpa HP", counts.phoneless),
        ("tidak terjangkau atau belum setuju", counts.silent),
        (f"sudah {PER_WEEK} kiriman minggu ini", counts.full),
    )
    return "".join(f", {words} {count}" for words, count in parts if count)


def shown(kind: str, names: str, pendamping: str, words: str) -> str:
    """The letter as a family reads it."""
    return catalog.render(KEYS[kind], params(names, pendamping, words)).text


def params(names: str, pendamping: str, words: str) -> dict[str, str]:
    return {"names": names, "pendamping": pendamping[:30], "words": words}


def when_it_goes(tx: Tx, due: datetime, zone: ZoneInfo, night: str) -> str:
    """'dikirim Selasa 24 Nov 08.00 (sekarang jam istirahat).'"""
    at = next_allowed(due, zone, tx.settings.hours())
    local = at.astimezone(zone)
    moment = f"{spoken.short_date(local.date())} {spoken.clock(local)}"
    if night == "allowed":
        return "Dikirim satu menit lagi, walau jam istirahat, karena penting."
    if night == "asked":
        return f"Jam istirahat: dikirim {moment}, atau lebih dulu bila koordinator setuju."
    if at > due:
        return f"Dikirim {moment}, sesudah jam istirahat."
    return f"Dikirim {moment}." if (due - tx.now).total_seconds() > 90 else "Dikirim satu menit lagi."
