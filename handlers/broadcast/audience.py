"""Which groups do the words of an audience mean? Only ever groups inside the writer's own scope."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.records import Audience, Kelompok
from handlers import scope
from handlers.rules.broadcast import Wanted, read_audience


def resolve(words: str, kelompoks: Sequence[Kelompok], *, all_of_scope: bool) -> tuple[Audience, list[str]]:
    """The audience, and the words that mean nothing here. `all_of_scope`: who named no place means the whole scope,
    whatever it holds; otherwise these groups are written out."""
    wanted = read_audience(words)
    ids, unknown = _places(wanted, kelompoks)
    if not wanted.places and not all_of_scope:
        ids = [k.id for k in kelompoks]
    narrowed = (wanted.components, wanted.languages, wanted.alpa, wanted.unanswered, wanted.quizless, wanted.undone)
    return Audience(tuple(ids), *narrowed), unknown


def _places(wanted: Wanted, kelompoks: Sequence[Kelompok]) -> tuple[list[int], list[str]]:
    ids: list[int] = []
    unknown: list[str] = []
    before = ""
    for words in wanted.places:
        found = _place(re.sub(r"\d+$", words, before) if words.isdigit() and before else words, kelompoks)
        if not found:
            unknown.append(words[:40])
        before = found[0].name if len(found) == 1 else before
        ids += [k.id for k in found if k.id not in ids]
    return ids, unknown


def _place(words: str, kelompoks: Sequence[Kelompok]) -> list[Kelompok]:
    """One kelompok, or all of a desa or kecamatan."""
    if (one := scope.find(words, kelompoks)) is not None and not re.match(r"(?:desa|kecamatan)\s", words, re.I):
        return [one]
    name = " ".join(re.sub(r"^(?:desa|kecamatan|kec\.?)\s+", "", words, flags=re.IGNORECASE).lower().split())
    in_desa = [k for k in kelompoks if k.desa.lower() == name]
    return in_desa or [k for k in kelompoks if k.kecamatan.lower() == name]
