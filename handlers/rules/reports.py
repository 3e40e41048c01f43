"""Which words go into SIKS-NG? A name of 100 and a description of 1,000 characters, of recorded facts; what nobody
recorded is named as missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NAME, DESCRIPTION = 100, 1000
TOLD = 300
"""Characters that a pendamping's own words may have."""

VENUE = (
    "mudah dijangkau",
    "muat untuk semua",
    "bisa menampilkan materi",
    "jauh dari bising",
    "waktu disepakati",
    "sudah dikoordinasikan",
)
"""The six questions about a place (FACTS 1.4)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is recorded of a meeting, as words. None: nobody recorded it."""

    what: str
    kelompok: str
    desa: str
    session: str
    module: str
    date: str
    when: str
    place: str
    participation: str | None
    speaker: str | None
    venue: str | None
    result: str | None
    obstacles: str | None
    follow_up: str | None


@dataclass(frozen=True, slots=True)
class Text:
    name: str
    description: str
    missing: Sequence[str]


def siks_text(facts: Facts) -> Text:
    return Text(_name(facts), _description(facts), missing(facts))


def missing(facts: Facts) -> list[str]:
    asked = {
        "pemateri": facts.speaker,
        "kehadiran": facts.participation,
        "hasil": facts.result,
        "periksa tempat": facts.venue,
        "hambatan": facts.obstacles,
        "tindak lanjut": facts.follow_up,
    }
    return [name for name, value in asked.items() if not value]


def venue_words(lacking: Sequence[int] | None) -> str | None:
    """'tempat memenuhi 6 syarat', 'tempat belum: jauh dari bising'."""
    if lacking is None:
        return None
    names = [VENUE[number - 1] for number in lacking]
    return f"tempat belum: {', '.join(names)}" if names else f"tempat memenuhi {len(VENUE)} syarat"


def _name(facts: Facts) -> str:
    whole = f"{facts.what} {facts.kelompok} Desa {facts.desa}, {facts.date}: {facts.session}"
    return cut(whole, NAME)


def _description(facts: Facts) -> str:
    """Process, material, participation, result, obstacles, follow-up; the longest of the told words give way first."""
    told = {
        "place": facts.place,
        "speaker": facts.speaker or "belum dicatat",
        "session": facts.session,
        "result": facts.result or "belum tercatat",
        "obstacles": facts.obstacles or "belum dicatat",
        "follow_up": facts.follow_up or "belum dicatat",
        "venue": facts.venue or "periksa tempat belum dicatat",
    }
    while len(whole := _sentences(facts, told)) > DESCRIPTION:
        longest = max(told, key=lambda name: len(told[name]))
        told[longest] = cut(told[longest], max(len(told[longest]) - max(len(whole) - DESCRIPTION, 8), 1))
    return whole


def _sentences(facts: Facts, told: dict[str, str]) -> str:
    parts = [
        f"Proses: pertemuan {facts.what} kelompok {facts.kelompok} Desa {facts.desa}, {facts.when}, di {told['place']};"
        f" pemateri {told['speaker']}; {told['venue']}",
        f"Materi: {told['session']}" + (f" (modul {facts.module})" if facts.module != "-" else ""),
        f"Peserta: {facts.participation or 'daftar hadir belum diisi'}",
        f"Hasil: {told['result']}",
        f"Hambatan: {told['obstacles']}",
        f"Tindak lanjut: {told['follow_up']}",
    ]
    return "\n".join(f"{part.rstrip(' .')}." for part in parts)


def cut(text: str, most: int) -> str:
    """At a word, with an ellipsis."""
    if len(text) <= most:
        return text
    short = text[: max(most - 1, 0)]
    at_word = short.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > most // 2 else short).rstrip(" ,;:") + "…"
