"""Which groups do the words of an audience mean? Only ever groups inside the writer's own scope."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from data.records import Audience, Kelompok
from handlers import scope
from handlers.rules.broadcast import Wanted, read_audience

LONG = 60
_SORT = re.compile(r"(?:(desa|kecamatan|kec\.?)\s+)?(.*)", re.IGNORECASE | re.DOTALL)


def resolve(words: str, kelompoks: Sequence[Kelompok], *, all_of_scope: bool) -> tuple[Audience, list[str]]:
    """The audience, and the words that mean nothing here. `all_of_scope`: who named no place means the whole scope,
    whatever it holds; otherwise these groups are written out."""
    wanted = read_audience(words)
    ids, unknown = _places(wanted, kelompoks)
    if not wanted.places and not all_of_scope:
        ids = [k.id for k in kelompoks]
    return replace(wanted.narrowed, kelompok_ids=tuple(ids)), unknown


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


def compose(
    ids: Collection[int], narrowing: Sequence[str], kelompoks: Sequence[Kelompok], *, everybody: bool
) -> tuple[Audience, str]:
    """What was chosen on a page: groups by their numbers, the rest in the words of the chat. `everybody` means the
    whole scope, whatever it holds, as `resolve` does. Raises LookupError for a group of others or a word that means
    nothing."""
    known = {k.id: k for k in kelompoks}
    wanted = read_audience(", ".join(narrowing))
    if wanted.places or not set(ids) <= known.keys():
        raise LookupError("not within this scope")
    chosen = [k for k in kelompoks if k.id in set(ids)]
    said = ", ".join(["semua" if everybody else _named(chosen, kelompoks), *narrowing])
    ids = () if everybody else tuple(k.id for k in chosen)
    return replace(wanted.narrowed, kelompok_ids=ids), said[:200]


def _named(chosen: Sequence[Kelompok], kelompoks: Sequence[Kelompok]) -> str:
    """Their names, whole desa by the name of the desa, as long as they are few."""
    if len(chosen) == 1:
        return scope.full_name(chosen[0])
    names: list[str] = []
    for desa_id in dict.fromkeys(k.desa_id for k in chosen):
        of_desa = [k for k in chosen if k.desa_id == desa_id]
        whole = len(of_desa) == sum(k.desa_id == desa_id for k in kelompoks) > 1
        names += [f"desa {of_desa[0].desa}"] if whole else [k.name for k in of_desa]
    return ", ".join(names) if len(", ".join(names)) <= LONG else f"{len(chosen)} kelompok"
