"""Which kelompok does a member of staff mean? Only ever one inside their own scope."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.records import Kelompok, Kpm, Person
from data.store import Tx


def mine(who: Person, tx: Tx) -> list[Kelompok]:
    return tx.people.kelompok_in_scope(who.staff) if who.staff is not None else []


def find(words: str, kelompoks: Sequence[Kelompok]) -> Kelompok | None:
    """By name in any spelling of case and spaces ('melati3'), with the desa behind it when two share a name."""
    wanted = _plain(words)
    if not wanted:
        return None
    exact = [k for k in kelompoks if wanted in {_plain(k.name), _plain(f"{k.name}{k.desa}")}]
    if len(exact) == 1:
        return exact[0]
    begins = [k for k in kelompoks if _plain(k.name).startswith(wanted)]
    return begins[0] if not exact and len(begins) == 1 else None


def find_all(words: str, kelompoks: Sequence[Kelompok]) -> tuple[list[Kelompok], list[str]]:
    """'Melati 1, Melati 2 dan 3': the groups meant, and the words that mean none."""
    found: list[Kelompok] = []
    unknown: list[str] = []
    before = ""
    for part in re.split(r",|&|\+|\bdan\b", words, flags=re.IGNORECASE):
        name = part.strip()
        if not name:
            continue
        if name.isdigit() and before:
            name = re.sub(r"\d+$", name, before)
        one = find(name, kelompoks)
        if one is None:
            unknown.append(part.strip()[:40])
        elif one not in found:
            found.append(one)
        before = one.name if one else before
    return found, unknown


def starts_with(words: str, kelompoks: Sequence[Kelompok]) -> tuple[Kelompok | None, str]:
    """A kelompok at the beginning of a line, and the rest: 'Melati 3 besok 9', 'melati3 …', 'Mawar 1 Juai …'."""
    text = " ".join(words.split())
    for kelompok in sorted(kelompoks, key=lambda k: -len(k.name)):
        names = [f"{kelompok.name} {kelompok.desa}"] if _shared(kelompok, kelompoks) else [kelompok.name]
        for name in names:
            pattern = r"\W*".join(re.escape(part) for part in re.findall(r"[^\W\d_]+|\d+", name))
            if found := re.match(rf"{pattern}(?!\w)", text, flags=re.IGNORECASE):
                return kelompok, text[found.end() :].strip(" ;,:)")
    return None, text


def _shared(kelompok: Kelompok, kelompoks: Sequence[Kelompok]) -> bool:
    return sum(_plain(k.name) == _plain(kelompok.name) for k in kelompoks) > 1


def full_name(kelompok: Kelompok) -> str:
    """The words that mean this kelompok and no other."""
    return f"{kelompok.name} {kelompok.desa}"


def options(kelompoks: Sequence[Kelompok]) -> list[tuple[str, str]]:
    """A name that two desa have gets its desa behind it."""
    return [(f"kelompok:{k.id}", (f"{k.name} {k.desa}" if _shared(k, kelompoks) else k.name)[:20]) for k in kelompoks]


def picked(button: str | None, text: str, kelompoks: Sequence[Kelompok]) -> Kelompok | None:
    """The answer to a list of groups: a tap, its number, or its name."""
    if button and button.startswith("kelompok:"):
        return next((k for k in kelompoks if button == f"kelompok:{k.id}"), None)
    if (number := small_number(text)) and number <= len(kelompoks):
        return kelompoks[number - 1]
    return find(text, kelompoks)


def families_named(words: str, who: Person, tx: Tx) -> list[tuple[Kpm, str]]:
    """Active families of these groups whose name (and kelompok, when it is written) fits."""
    wanted = " ".join(words.lower().split())
    for prefix in ("bu ", "ibu ", "nenek ", "pak ", "bapak ", "kakek "):
        wanted = wanted.removeprefix(prefix)
    every = [(kpm, k.name) for k in mine(who, tx) for kpm in tx.people.families(k.id)]
    exact = [(kpm, k) for kpm, k in every if wanted in {kpm.name.lower(), f"{kpm.name} {k}".lower()}]
    return exact or [(kpm, k) for kpm, k in every if wanted and kpm.name.lower().startswith(wanted + " ")]


def small_number(text: str) -> int | None:
    """The number of a list, and nothing else: '²' is a digit to Python and no number to anybody."""
    return int(text) if re.fullmatch(r"\s*\d{1,3}[.)]?\s*", text) and text.strip().isdecimal() else None


def _plain(words: str) -> str:
    return re.sub(r"[^a-z0-9]", "", words.lower())
