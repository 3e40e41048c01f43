"""The audit as a page: who did what, when, from what to what, and why. Looking and taking away are written down too."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.channels.base import File
from bot.dashboard.documents import download
from bot.dashboard.door import Ask, Refused
from bot.exports.sheets import XLSX, csv_text, tables_book
from data.records import Kelompok, Role
from data.scoped import Noted, Sought
from data.store import Tx
from messages.acts import ACTS, KINDS, PRIVATE

SHOWN = 40
MOST = 20_000
"""Lines of one file; more are asked for in parts."""

USUAL = timedelta(days=30)
TITLES = ("Waktu", "Siapa", "Apa", "Tentang", "Dari", "Menjadi", "Sebab")
HIDDEN = "(tidak ditampilkan)"
ACTORS = {
    "address": "HP keluarga",
    "kpm": "keluarga",
    "cli": "kantor (perintah)",
    "roster": "impor kantor",
    "sekolah": "impor sekolah",
}
VALUES = {
    **{"yes": "setuju", "no": "tidak setuju", "later": "nanti", "stopped": "STOP PESAN"},
    **{"unknown": "belum ada kabar", "maybe": "belum tahu", "promised": "akan datang", "declined": "tidak bisa"},
    **{"claimed": "mengaku hadir", "done": "sudah", "not_done": "belum", "not_applicable": "tidak perlu"},
    **{"waiting": "menunggu", "put": "sedang dikirim", "cancelled": "ditarik", "asked": "ditanyakan"},
    **{"allowed": "disetujui", "refused": "ditolak", "not_yet": "belum"},
}
"""Words of the tables, as a person reads them."""

SUBJECTS = {
    "kpm": "keluarga",
    "member": "anggota keluarga",
    "address": "HP keluarga",
    "meeting": "pertemuan",
    "question": "pertanyaan",
    "quiz": "kuis",
    "broadcast": "siaran",
    "kelompok": "kelompok",
    "audit": "jejak",
    "backup": "cadangan",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is read."""

    id: int
    at: datetime
    by: str
    what: str
    about: str
    was: str
    now: str
    why: str

    @property
    def cells(self) -> Sequence[str]:
        return f"{self.at:%Y-%m-%d %H:%M:%S}", self.by, self.what, self.about, self.was, self.now, self.why


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed and chosen, as it stands in the address."""

    since: date
    until: date
    who: str
    kind: str
    kelompok: str
    family: str

    def link(self, path: str, **more: object) -> str:
        words = {
            "sejak": self.since.isoformat(),
            "sampai": self.until.isoformat(),
            "siapa": self.who,
            "jenis": self.kind,
            "kelompok": self.kelompok,
            "keluarga": self.family,
            **more,
        }
        return f"/dasbor/jejak{path}?{urlencode({k: v for k, v in words.items() if v})}"

    def said(self, found: int) -> str:
        """For the audit itself: ids and kinds; not whom somebody was looking for by name."""
        family = "satu keluarga" if self.family else ""
        chosen = [self.kind, f"staff:{self.who}" if self.who.isdigit() else self.who, family]
        group = f"kelompok:{self.kelompok}" if self.kelompok else ""
        return ", ".join(filter(None, [f"{self.since} sampai {self.until}", *chosen, group, f"{found} baris"]))


async def page(ask: Ask) -> Response:
    def look(tx: Tx) -> tuple[Form, list[Line], list[tuple[int, str]], list[Kelompok]]:
        form, zone = _form(tx, ask)
        before = ask.query("sebelum")
        found = tx.scoped.audited(ask.who, _sought(form, zone, int(before) if _number(before) else None), SHOWN + 1)
        lines = [_line(one, zone, ask.who.role) for one in found]
        return form, lines, tx.scoped.audited_people(ask.who), tx.people.kelompok_in_scope(ask.who)

    form, lines, people, groups = await ask.look(look)
    await _noted(ask, "audit.viewed", form, min(len(lines), SHOWN))
    shown, more = lines[:SHOWN], len(lines) > SHOWN
    return ask.page(
        "jejak.html",
        title="Jejak",
        form=form,
        lines=shown,
        older=form.link("", sebelum=shown[-1].id) if more else None,
        first=not ask.query("sebelum"),
        people=people,
        groups=groups,
        kinds=KINDS,
        by_name=ask.who.role is Role.ADMIN,
    )


async def as_csv(ask: Ask) -> Response:
    lines = await _taken(ask)
    text = csv_text(TITLES, [line.cells for line in lines])
    return download(File("Jejak.csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf" + text.encode()))


async def as_xlsx(ask: Ask) -> Response:
    lines = await _taken(ask)
    rows: list[Mapping[str, object]] = [dict(zip(TITLES, line.cells, strict=True)) for line in lines]
    title = "Jejak: siapa mengubah atau melihat apa, yang terbaru di atas"
    return download(File("Jejak.xlsx", XLSX, await asyncio.to_thread(tables_book, [("Jejak", title, rows)])))


async def _taken(ask: Ask) -> list[Line]:
    """What leaves the house in a file. Raises Refused when it is too much for one."""

    def look(tx: Tx) -> tuple[Form, list[Line]]:
        form, zone = _form(tx, ask)
        found = tx.scoped.audited(ask.who, _sought(form, zone, None), MOST + 1)
        return form, [_line(one, zone, ask.who.role) for one in found]

    form, lines = await ask.look(look)
    if len(lines) > MOST:
        raise Refused(422, f"Lebih dari {MOST:,} baris. Pilih waktu yang lebih pendek.".replace(",", "."))
    await _noted(ask, "audit.exported", form, len(lines))
    return lines


async def _noted(ask: Ask, act: str, form: Form, found: int) -> None:
    await ask.write(lambda tx: tx.audit.write(f"staff:{ask.who.id}", act, "audit", None, form.said(found)))


def _form(tx: Tx, ask: Ask) -> tuple[Form, ZoneInfo]:
    zone = tx.scoped.zone(ask.who)
    today = tx.now.astimezone(zone).date()
    until = _date(ask.query("sampai")) or today
    since = _date(ask.query("sejak")) or max(until - USUAL, date.min + USUAL)
    who, kind, kelompok = ask.query("siapa"), ask.query("jenis"), ask.query("kelompok")
    return (
        Form(
            min(since, until),
            until,
            who if _number(who) or who in {"keluarga", "kantor"} else "",
            kind if kind in KINDS else "",
            kelompok if _number(kelompok) else "",
            ask.query("keluarga") if ask.who.role is Role.ADMIN else "",
        ),
        zone,
    )


def _sought(form: Form, zone: ZoneInfo, before: int | None) -> Sought:
    return Sought(
        datetime.combine(form.since, time(), zone),
        datetime.combine(form.until, time(), zone) + timedelta(days=1),
        form.who,
        KINDS[form.kind].keys() if form.kind else None,
        int(form.kelompok) if form.kelompok else None,
        form.family,
        before,
    )


def _number(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) <= 15


def _date(words: str) -> date | None:
    """A day a person could mean; anything else is as if nothing had been chosen."""
    try:
        found = date.fromisoformat(words)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _line(one: Noted, zone: ZoneInfo, role: Role) -> Line:
    """Families go by their number, and for a koordinator not even by that."""
    admin = role is Role.ADMIN
    kind, _, number = one.actor.partition(":")
    by = one.by or ACTORS.get(kind, one.actor)
    hide = not admin and one.act in PRIVATE
    values = [
        HIDDEN if hide and value else VALUES.get(value or "", value or "") for value in (one.was, one.now, one.why)
    ]
    return Line(
        one.id,
        one.at.astimezone(zone),
        f"{by} {number}" if admin and number and not one.by else by,
        ACTS.get(one.act, one.act),
        _about(one, admin=admin),
        *values,
    )


def _about(one: Noted, *, admin: bool) -> str:
    """'keluarga 7, Melati 3'; for a koordinator 'keluarga, Melati 3'."""
    if one.about:
        return one.about
    pairs = one.subject.split(":")
    at = pairs.index("kpm") if "kpm" in pairs else 0
    kind, number = pairs[at], pairs[at + 1] if at + 1 < len(pairs) else ""
    words = SUBJECTS.get(kind, kind)
    person = kind in {"kpm", "member", "address"}
    named = f"{words} {number}" if number and number != "*" and (admin or not person) and kind != "kelompok" else words
    return ", ".join(filter(None, [named, one.group]))
