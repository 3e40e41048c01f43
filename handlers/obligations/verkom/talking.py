"""VERKOM: the list of three months, opened, chosen from and closed; for a koordinator numbers only."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from data.obligations import Attended
from data.overview import Where
from data.records import Kelompok, Person, Role
from data.store import Tx
from handlers import scope
from handlers.obligations.collecting import Verkom, collect
from handlers.obligations.verkom.marking import OPEN_FOR, TOPIC, on_marks, save
from handlers.obligations.verkom.units import line, units_of
from handlers.rules.small_cells import alone
from handlers.rules.verkom import (
    FORM_WORDS,
    FORMS,
    STATES,
    SUM,
    Counts,
    Quarter,
    cells,
    of_meetings,
    quarter_of,
    read_quarter,
    shown,
)
from handlers.small_numbers import hidden_sum
from handlers.speech import say
from messages.envelope import Inbound, Outbound

PER_PART = 20
DROP = {"verkom.drop", "batal", "tidak jadi"}
SAVE = {"verkom.save", "selesai", "simpan"}
CHANGE = {"verkom.change", "ubah"}


def on_verkom(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """VERKOM kelompok [; bentuk atau nama] [; triwulan]."""
    kelompoks = scope.mine(who, tx)
    if who.role is not Role.PENDAMPING:
        return _coverage(msg, who, tx, kelompoks, rest)
    kelompok, words = scope.starts_with(rest, kelompoks)
    if kelompok is None and len(kelompoks) == 1:
        kelompok, words = kelompoks[0], rest
    if kelompok is None:
        tx.sessions.keep(who.address_id, TOPIC, {"step": "kelompok", "rest": rest}, OPEN_FOR)
        return [say(msg, "obligations.verkom.which", options=scope.options(kelompoks))]
    today = msg.at.astimezone(kelompok.zone).date()
    pieces = [piece.strip() for piece in re.split(r"[;,]", words) if piece.strip()]
    quarter = next((q for piece in pieces if (q := read_quarter(piece, today))), None) or quarter_of(today)
    wanted = [piece for piece in pieces if read_quarter(piece, today) is None]
    found = collect(tx, [kelompok], quarter, today)
    if not wanted:
        return _overview(msg, who, tx, kelompok, found)
    memory = {"step": "marks", "kelompok": kelompok.id, "quarter": [quarter.year, quarter.number], "marks": {}}
    return _open(msg, who, tx, {**memory, "what": wanted[0].lower(), "proof": ""}, kelompok, found)


def on_verkom_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """One line while a list is open."""
    kelompoks = scope.mine(who, tx)
    if waiting["step"] == "kelompok":
        picked = scope.picked(msg.button, msg.text, kelompoks)
        if picked is None:
            return None
        return on_verkom(msg, who, tx, f"{scope.full_name(picked)} {waiting['rest']}")
    kelompok = next((k for k in kelompoks if k.id == waiting["kelompok"]), None)
    if kelompok is None or who.staff is None:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    found = collect(tx, [kelompok], Quarter(*waiting["quarter"]), msg.at.astimezone(kelompok.zone).date())
    word = msg.button or msg.text.strip().lower().rstrip(".!")
    if waiting["step"] == "form":
        form = word.removeprefix("verkom.form:")
        form = FORMS[int(form) - 1] if form in {"1", "2", "3"} else form
        return _open(msg, who, tx, {**waiting, "what": form}, kelompok, found) if form in FORM_WORDS else None
    if word in DROP:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "obligations.verkom.dropped", kelompok=kelompok.name)]
    if word in CHANGE:
        return [say(msg, "obligations.verkom.change")]
    units = units_of(found, waiting["what"])
    if word in SAVE:
        return save(msg, who, tx, waiting, kelompok, units)
    return None if msg.button else on_marks(msg, who, tx, waiting, kelompok, units)


def _overview(msg: Inbound, who: Person, tx: Tx, kelompok: Kelompok, found: Verkom) -> list[Outbound]:
    quarter = found.quarter
    memory = {"step": "form", "kelompok": kelompok.id, "quarter": [quarter.year, quarter.number], "marks": {}}
    tx.sessions.keep(who.address_id, TOPIC, {**memory, "proof": ""}, OPEN_FOR)
    lines = [f"{form.capitalize()}: {_words(found.total(form))}" for form in FORMS]
    lines.append(f"P2K2: {_met(found.attended)}")
    options = [(f"verkom.form:{form}", form.capitalize()) for form in FORMS]
    about = {"kelompok": kelompok.name, "quarter": str(quarter), "lines": "\n".join(lines)}
    return [say(msg, "obligations.verkom.overview", **about, options=options)]


def _words(counts: Counts, gone: Collection[str] = ()) -> str:
    number = shown(counts, gone)
    return (
        f"sudah {number['verified']}, dilaporkan {number['reported']}, belum {number['not_done']}, "
        f"belum diketahui {number['unknown']} dari {number['due']}"
    )


def _met(found: Attended, gone: Collection[str] = ()) -> str:
    number = shown(of_meetings(found), gone)
    return (
        f"hadir {number['verified']}, tidak hadir {number['not_done']}, "
        f"belum diketahui {number['unknown']} dari {number['due']}"
    )


def _open(
    msg: Inbound, who: Person, tx: Tx, memory: Mapping[str, Any], kelompok: Kelompok, found: Verkom
) -> list[Outbound]:
    units = units_of(found, memory["what"])
    if not units:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "obligations.verkom.empty", kelompok=kelompok.name, what=str(memory["what"])[:40])]
    kept = {**memory, "step": "marks", "ids": [unit.key for unit in units]}
    tx.sessions.keep(who.address_id, TOPIC, kept, OPEN_FOR)
    lines = [f"{n}. {line(unit, found.as_of)}" for n, unit in enumerate(units, 1)]
    parts = ["\n".join(lines[i : i + PER_PART]) for i in range(0, len(lines), PER_PART)]
    about = {"kelompok": kelompok.name, "quarter": str(found.quarter), "form": str(memory["what"]).capitalize()[:30]}
    letters = [
        say(msg, "obligations.verkom.open", **about, part=f"{n} dari {len(parts)}", lines=part)
        for n, part in enumerate(parts, 1)
    ]
    return [*letters, say(msg, "obligations.verkom.how")]


def _coverage(msg: Inbound, who: Person, tx: Tx, kelompoks: Sequence[Kelompok], rest: str) -> list[Outbound]:
    """For the koordinator: counts without names, and small ones hidden."""
    if not kelompoks:
        return [say(msg, "obligations.verkom.nothing_here")]
    today = msg.at.astimezone(kelompoks[0].zone).date()
    quarter = read_quarter(rest, today) or quarter_of(today)
    found = collect(tx, kelompoks, quarter, today)
    gone, lines = _hidden(tx, who, quarter), []
    for form in FORMS:
        counts = found.total(form)
        small = alone(cells(counts), SUM)  # what changed since the night
        lines.append(f"{form.capitalize()}: {_words(counts, small | {n for n in STATES if f'{form}_{n}' in gone})}")
    lines.append(f"P2K2: {_met(found.attended, alone(cells(of_meetings(found.attended)), SUM))}")
    return [say(msg, "obligations.verkom.coverage", quarter=str(quarter), lines="\n".join(lines))]


def _hidden(tx: Tx, who: Person, quarter: Quarter) -> Collection[str]:
    """The same that her page hides of the sum."""
    if who.staff is None:
        return ()
    return hidden_sum(tx, f"{quarter.year}-T{quarter.number}", tx.figures.way(who.staff, Where()))
