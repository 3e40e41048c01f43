"""Which groups do the words of an audience mean? Only ever groups inside the writer's own scope."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.records import Audience, Kelompok
from handlers import scope
from handlers.rules.broadcast import Wanted, read_audience

_SORT = re.compile(r"(?:(desa|kecamatan|kec\.?)\s+)?(.*)", re.IGNORECASE | re.DOTALL)


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
    """One kelompok, or all of a desa or kecamatan; 'desa' or 'kecamatan' before the name says which."""
    sort, name = _SORT.fullmatch(words).groups()  # type: ignore[union-attr]  # it fits anything
    if not sort and (one := scope.find(words, kelompoks)) is not None:
        return [one]
    wanted = " ".join(name.lower().split())
    in_desa = [k for k in kelompoks if k.desa.lower() == wanted]
    in_kecamatan = [k for k in kelompoks if k.kecamatan.lower() == wanted]
    return in_kecamatan if (sort or "").lower().startswith("kec") else in_desa or ([] if sort else in_kecamatan)
