"""Which change at home does a pendamping mean by 'DATA Wati; lahir; 10-04-2027; Ahmad', and can it be?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from data.obligations.records import Member
from handlers.rules.dates import read_day
from handlers.rules.obligations import CHILDREN, FINISHED, LEFT, SCHOOLS, TERM


class Change(StrEnum):
    PREGNANT = "hamil"
    BORN = "lahir"
    DIED = "meninggal"
    LOST = "keguguran"
    MOVED = "pindah"
    NUMBER = "nomor"
    SCHOOL = "sekolah"
    CANDIDATE = "calon"
    GRADUATED = "graduasi"
    RESUME = "lanjut"


WORDS = {
    "bersalin": Change.BORN,
    "melahirkan": Change.BORN,
    "gugur": Change.LOST,
    "wafat": Change.DIED,
    "hp": Change.NUMBER,
    "no": Change.NUMBER,
    "pindah sekolah": Change.SCHOOL,
    "lanjutkan": Change.RESUME,
    "lulus": Change.GRADUATED,
}
SCHOOL_WORDS = {
    "putus": LEFT,
    "berhenti": LEFT,
    "keluar": LEFT,
    "tamat": FINISHED,
    "lulus": FINISHED,
}
RISK = {"risiko": True, "rawan": True, "aman": False}
LATEST = timedelta(days=14)
"""An HPL further back than this is a slip."""

BIRTH_BACK = timedelta(days=366)
MOST_BABIES = 3
_NUMBER = re.compile(r"\+?\d[\d\s.\-]{8,16}\d")


@dataclass(frozen=True, slots=True)
class Meant:
    """A change with everything that it needs. `missing` names what has to be asked for."""

    change: Change
    day: date | None = None
    names: Sequence[str] = ()
    members: Sequence[int] = ()
    level: str | None = None
    school: str | None = None
    at_risk: bool | None = None
    number: str | None = None
    missing: str = ""


def read_change(word: str) -> Change | None:
    plain = " ".join(word.lower().split()).strip(" .,!?")
    return WORDS.get(plain) or next((change for change in Change if change.value == plain), None)


def complete(change: Change, pieces: Sequence[str], members: Sequence[Member], today: date) -> Meant:
    """What the pieces behind the kind say. Raises DateFault for a day that cannot be."""
    text = " ; ".join(pieces)
    named = [member for member in members if _names(text, member)]
    match change:
        case Change.PREGNANT:
            day = _date(pieces, today)
            early = day is not None and not today - LATEST <= day <= today + TERM
            return Meant(change, day, missing="hpl" if day is None or early else "")
        case Change.BORN:
            day = _date(pieces, today)
            wrong = day is None or not today - BIRTH_BACK <= day <= today
            return Meant(change, day, _babies(pieces, today), missing="born" if wrong else "")
        case Change.DIED:
            return Meant(change, members=[m.id for m in named], missing="" if named else "member")
        case Change.MOVED | Change.RESUME:
            return Meant(change, members=[m.id for m in named or members])
        case Change.LOST:
            return Meant(change, members=[m.id for m in members if m.component in {"ibu_hamil", "nifas"}])
        case Change.NUMBER:
            found = _NUMBER.search(text)
            return Meant(change, number=found[0] if found else None, missing="" if found else "number")
        case Change.SCHOOL:
            return _school(pieces, named, members)
        case _:
            return Meant(change)


def _school(pieces: Sequence[str], named: Sequence[Member], members: Sequence[Member]) -> Meant:
    children = [m for m in named or members if m.component in CHILDREN]
    text = " ".join(pieces).lower()
    words = set(re.findall(r"\w+", text))
    risk = next((value for word, value in RISK.items() if word in words), None)
    level = next((value for word, value in SCHOOL_WORDS.items() if word in words), None)
    school = None
    if level is None:
        written = next((piece.strip() for piece in pieces if _level(piece)), None)
        level, school = (_level(written) if written else None), written
    missing = "child" if len(children) != 1 else "" if (level or risk is not None) else "school"
    return Meant(
        Change.SCHOOL,
        members=[m.id for m in children],
        level=level,
        school=school[:80] if school and school != level else None,
        at_risk=risk,
        missing=missing,
    )


_LEVELS = {
    "SD": r"\b(sd|sdn|mi|min|mis)\b",
    "SMP": r"\b(smp|smpn|mts|mtsn)\b",
    "SMA": r"\b(sma|sman|smk|smkn|ma|man)\b",
    "SLB": r"\bslb\b",
    "Paket A": r"\bpaket a\b",
    "Paket B": r"\bpaket b\b",
    "Paket C": r"\bpaket c\b",
}
assert set(_LEVELS) == SCHOOLS  # noqa: S101  at import: a level without a school would be ours


def _level(text: str | None) -> str | None:
    return next((level for level, words in _LEVELS.items() if re.search(words, (text or "").lower())), None)


def _date(pieces: Sequence[str], today: date) -> date | None:
    for piece in pieces:
        if re.search(r"\d|kemarin|hari ini", piece):
            if "kemarin" in piece.lower():
                return today - timedelta(days=1)
            return read_day(piece, today)
    return today if any("hari ini" in piece.lower() for piece in pieces) else None


def _babies(pieces: Sequence[str], today: date) -> Sequence[str]:
    """Names of one or more children: 'Ahmad', 'Ahmad dan Aisyah'; 'kembar' without names is two."""
    found: list[str] = []
    for piece in pieces:
        if re.search(r"\d|kemarin|hari ini", piece.lower()):
            continue
        if piece.strip().lower() == "kembar":
            return ["Bayi 1", "Bayi 2"]
        found += [name.strip()[:80] for name in re.split(r",|&|\bdan\b", piece) if name.strip()]
    return found[:MOST_BABIES] or ["Bayi"]


def _names(text: str, member: Member) -> bool:
    said = {word.lower() for word in re.findall(r"\w+", text)}
    return bool({word.lower() for word in member.name.split()} & said)
