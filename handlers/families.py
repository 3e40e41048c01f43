"""Which family does a member of staff mean by a name? Only ever one of the groups that are given."""

from __future__ import annotations

from collections.abc import Sequence

from data.records import Kelompok, Kpm
from data.store import Tx

TITLES = ("bu ", "ibu ", "nenek ", "pak ", "bapak ", "kakek ", "acil ")


def find(words: str, kelompoks: Sequence[Kelompok], tx: Tx) -> list[tuple[Kpm, Kelompok]]:
    """Active families of that name, with their kelompok behind it when it is written; else those it begins."""
    wanted = " ".join(words.lower().split()).strip(" .,!?")
    for title in TITLES:
        wanted = wanted.removeprefix(title)
    if not wanted:
        return []
    every = [(kpm, kelompok) for kelompok in kelompoks for kpm in tx.people.families(kelompok.id)]
    exact = [(kpm, k) for kpm, k in every if wanted in {kpm.name.lower(), f"{kpm.name} {k.name}".lower()}]
    return exact or [(kpm, k) for kpm, k in every if f"{kpm.name} {k.name}".lower().startswith(f"{wanted} ")]


def listed(found: Sequence[tuple[Kpm, Kelompok]]) -> str:
    """'Siti (Melati 3), Siti (Anggrek 1)'."""
    return ", ".join(f"{kpm.name} ({kelompok.name})" for kpm, kelompok in found)


def example(found: Sequence[tuple[Kpm, Kelompok]]) -> str:
    kpm, kelompok = found[0]
    return f"{kpm.name} {kelompok.name}"
