"""Which numbered lines does a verkom list in the chat have, and what stands on them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.obligations.collecting import Row, Verkom, age_words
from handlers.obligations.wording import phrase
from handlers.rules.verkom import FORM_WORDS, Entry, count
from messages.spoken import short_day


@dataclass(frozen=True, slots=True)
class Unit:
    """One numbered line: a member with all that was due, or one thing of one member."""

    key: str
    name: str
    found: Sequence[Entry]
    note: str = ""


def units_of(found: Verkom, what: str) -> list[Unit]:
    """A form: a line for each member. A name: a line for each thing of that member."""
    if form := FORM_WORDS.get(what):
        return [Unit(str(row.member.id), _name(row, found.as_of), row.found, row.note) for row in found.of_form(form)]
    said = set(what.split())
    rows = [row for row in found.rows if said & set(row.member.name.lower().split())]
    return [Unit("/".join(map(str, entry.one.name)), _thing(entry), [entry]) for row in rows for entry in row.found]


def _thing(entry: Entry) -> str:
    return f"{thing(entry)}, sampai {short_day(entry.one.due_to)}"


def thing(entry: Entry) -> str:
    """'timbang dan ukur Hafiz', 'Wati: periksa kehamilan ke-2 dari 6'."""
    words = phrase(entry.one.rule, entry.one.member, entry.one.nth)
    name = entry.one.member.name
    return words if name in words else f"{name}: {words}"


def _name(row: Row, day: date) -> str:
    age = age_words(row.member, day)
    family = "" if row.member.name == row.kpm.name else f" ({row.kpm.name})"
    return f"{row.member.name}{family}{f', {age}' if age else ''}"


def line(unit: Unit, day: date) -> str:
    counts = count(unit.found)
    words = [
        f"{name} {number}"
        for name, number in (
            ("sudah", counts.verified),
            ("dilaporkan", counts.reported),
            ("belum", counts.not_done),
            ("belum diketahui", counts.unknown),
        )
        if number
    ]
    reasons = {entry.kept.reason for entry in unit.found if entry.kept and entry.kept.reason}
    why = f" ({', '.join(sorted(r.replace('_', ' ') for r in reasons if r))})" if reasons else ""
    return f"{unit.name}: {', '.join(words) or 'tidak ada'}{why}{f'; {unit.note}' if unit.note else ''}"
