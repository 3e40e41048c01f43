"""Whom do the words of a broadcast mean, may its text go to families, and what does it cost?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from data.records import Audience

LONGEST: Mapping[str, int] = {"biasa": 160, "pencairan": 135, "banjir": 155, "baksos": 155, "sosialisasi": 145}
"""Letters of a text, so that the whole letter stays within the 300 of a small screen."""

URGENT = {"banjir", "baksos"}
KINDS: Mapping[str, str] = {
    "pencairan": "pencairan",
    "penyaluran": "pencairan",
    "banjir": "banjir",
    "bencana": "banjir",
    "baksos": "baksos",
    "bakti sosial": "baksos",
    "sosialisasi": "sosialisasi",
}
"""Ready-made announcements, by the word that SIARAN begins with."""

COMPONENTS: Mapping[str, Sequence[str]] = {
    "ibu hamil": ("ibu_hamil",),
    "bumil": ("ibu_hamil",),
    "hamil": ("ibu_hamil",),
    "nifas": ("nifas",),
    "ibu nifas": ("nifas",),
    "balita": ("anak_usia_dini",),
    "anak usia dini": ("anak_usia_dini",),
    "bayi": ("anak_usia_dini",),
    "anak sekolah": ("sekolah",),
    "sekolah": ("sekolah",),
    "lansia": ("lansia",),
    "disabilitas": ("disabilitas_berat",),
}
LANGUAGES: Mapping[str, str] = {
    "indonesia": "id",
    "banjar": "bjn",
    "jawa": "jv",
}
UNANSWERED = {"belum jawab", "belum menjawab", "belum balas"}
ANSWERS: Mapping[str, Sequence[str]] = {
    "akan datang": ("promised", "claimed"),
    "mau datang": ("promised", "claimed"),
    "tidak bisa": ("declined",),
    "tidak bisa datang": ("declined",),
    "belum tahu": ("maybe",),
    "belum pasti": ("maybe",),
}
"""What a family said to the next invitation."""

LAST: Mapping[str, Sequence[str]] = {
    "hadir": ("hadir",),
    "yang hadir": ("hadir",),
    "hadir terakhir": ("hadir",),
    "tidak hadir": ("izin", "sakit", "alpa"),
    "tidak hadir terakhir": ("izin", "sakit", "alpa"),
}
"""What the pendamping wrote at the last meeting that has a mark of the family."""

QUIZLESS = {"belum kuis", "belum ikut kuis", "tidak ikut kuis"}
UNDONE = {"belum kewajiban", "kewajiban belum", "belum memenuhi kewajiban", "kewajiban terlewat"}
EVERYBODY = {"semua", "semuanya", "semua kelompok"}
_ALPA = re.compile(r"^alpa\s*(?:(\d)\s*(?:x|kali))?$")
MOST_ALPA = 6

_LINK = re.compile(
    r"https?://|www\.|\bwa\.me\b|\bt\.me\b|\bbit\.ly\b|\b[a-z0-9-]+\.(?:com|id|net|org|me|ly|link)\b", re.I
)
_NUMBER = re.compile(r"\d{14,}|(?<!\d)\d{4}([ .-])\d{4}\1\d{4}\1\d{4}(?!\d)|(?<!\d)\d{6}([ .-])\d{6}\2\d{4}(?!\d)")
_AMOUNT = re.compile(r"\brp\.?\s*\d|\d[\d.,]*\s*(?:ribu|juta|rb|jt)\b|\brupiah\b", re.IGNORECASE)
_SECRET = re.compile(
    r"\b(?:kirim|balas|tulis|sebut|bagi|beri)\w*\b[^.!?]*\b(?:pin|nik|otp|kata sandi|password)\b", re.IGNORECASE
)
_NEVER = re.compile(r"\b(?:jangan|dilarang|tidak perlu|tidak usah)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the words say: places as they were written, and what narrows them, still without its groups. No place at
    all: everybody."""

    places: Sequence[str]
    narrowed: Audience


class Fault(StrEnum):
    """Why a text does not go to families."""

    LINK = auto()
    NUMBER = auto()
    AMOUNT = auto()
    SECRET = auto()
    LONG = auto()


def read_audience(words: str) -> Wanted:
    """'Melati 3, ibu hamil, alpa 2x': places are added up, everything else narrows."""
    places: list[str] = []
    components: list[str] = []
    languages: list[str] = []
    answers: list[str] = []
    last: list[str] = []
    alpa, unanswered, quizless, undone = 0, False, False, False
    for part in re.split(r",|&|\+|\bdan\b", words, flags=re.IGNORECASE):
        one = " ".join(part.lower().split())
        tongue = one.removeprefix("bahasa ").strip()
        if not one or one in EVERYBODY:
            continue
        if one in COMPONENTS:
            components += COMPONENTS[one]
        elif tongue in LANGUAGES:
            languages.append(LANGUAGES[tongue])
        elif one in UNANSWERED:
            unanswered = True
        elif one in ANSWERS:
            answers += ANSWERS[one]
        elif one in LAST:
            last += LAST[one]
        elif one in QUIZLESS:
            quizless = True
        elif one in UNDONE:
            undone = True
        elif found := _ALPA.match(one):
            alpa = max(1, min(int(found[1] or 1), MOST_ALPA))
        else:
            places.append(" ".join(part.split()))
    narrowed = Audience(
        components=tuple(components),
        languages=tuple(languages),
        alpa=alpa,
        unanswered=unanswered,
        quizless=quizless,
        undone=undone,
        answers=tuple(answers),
        last=tuple(last),
    )
    return Wanted(tuple(places), narrowed)


def read_kind(words: str) -> tuple[str, str]:
    """(kind, the rest): 'pencairan Melati 3' → ('pencairan', 'Melati 3'). Anything else is an ordinary one."""
    for name, kind in KINDS.items():
        if found := re.match(rf"{name}(?![^\W_])[\s:,]*", words, flags=re.IGNORECASE):
            return kind, words[found.end() :].strip()
    return "biasa", words


def fault_of(words: str, kind: str) -> Fault | None:
    """Families get no links, no numbers that could be a NIK or a card, no amounts, and are never asked for a PIN."""
    if _LINK.search(words):
        return Fault.LINK
    if _NUMBER.search(words):
        return Fault.NUMBER
    if _AMOUNT.search(words):
        return Fault.AMOUNT
    if any(_SECRET.search(sentence) and not _NEVER.search(sentence) for sentence in re.split(r"[.!?;]", words)):
        return Fault.SECRET
    return Fault.LONG if len(words) > LONGEST[kind] else None


def tidy(words: str) -> str:
    """One line that ends as a sentence does."""
    text = " ".join(words.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def cost(templates: int, price: int) -> int:
    """Rupiah, at most: inside the 24 hours, and on Telegram, a letter costs nothing."""
    return templates * price
