"""VERKOM: the list of three months, marked like a register: 'semua sudah kecuali 4 belum', then SELESAI."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from data.content.obligations import rules
from data.obligations import Claim, Item
from data.overview import Where
from data.records import Kelompok, KpmId, Mark, Person, Role, StaffId
from data.store import Tx
from handlers import scope
from handlers.obligations.collecting import Row, Verkom, age_words, collect
from handlers.obligations.wording import item_of, phrase, short_day
from handlers.rules.marking import RegisterLine, read_marks
from handlers.rules.small_cells import alone
from handlers.rules.verkom import (
    FORM_WORDS,
    FORMS,
    STATES,
    SUM,
    Counts,
    Entry,
    Quarter,
    cells,
    count,
    quarter_of,
    read_quarter,
    shown,
)
from handlers.small_numbers import hidden_sum
from handlers.speech import say
from messages.envelope import Inbound, Outbound

TOPIC = "verkom"
OPEN_FOR = timedelta(hours=12)
PER_PART = 20
NAMES_SHOWN = 8
DROP = {"verkom.drop", "batal", "tidak jadi"}
SAVE = {"verkom.save", "selesai", "simpan"}
CHANGE = {"verkom.change", "ubah"}
_PROOF = re.compile(r"[;,.]?\s*\bbukti:?\s+([\w /.-]{2,60})\s*$", re.IGNORECASE)
_WORDS = (
    (r"\b(?:tidak (?:perlu|berlaku|kena)|pindah|bebas)\b", "izin"),
    (r"\b(?:belum|blm|balum|durung)\b", "alpa"),
    (r"\b(?:sudah|sdh|udah|terpenuhi|lengkap|ya|ok|beres)\b", "hadir"),
)
MEANS = {Mark.PRESENT: Claim.DONE, Mark.ABSENT: Claim.NOT_DONE, Mark.EXCUSED: Claim.NOT_APPLICABLE}
SPOKEN = {Claim.DONE: "sudah", Claim.NOT_DONE: "belum", Claim.NOT_APPLICABLE: "tidak perlu"}


@dataclass(frozen=True, slots=True)
class Unit:
    """One numbered line: a member with all that was due, or one thing of one member."""

    key: str
    name: str
    found: Sequence[Entry]
    note: str = ""


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
    units = _units(found, waiting["what"])
    if word in SAVE:
        return _save(msg, who, tx, waiting, kelompok, units)
    return None if msg.button else _mark(msg, who, tx, waiting, kelompok, units)


# --- what is shown


def _overview(msg: Inbound, who: Person, tx: Tx, kelompok: Kelompok, found: Verkom) -> list[Outbound]:
    quarter = found.quarter
    memory = {"step": "form", "kelompok": kelompok.id, "quarter": [quarter.year, quarter.number], "marks": {}}
    tx.sessions.keep(who.address_id, TOPIC, {**memory, "proof": ""}, OPEN_FOR)
    lines = [f"{form.capitalize()}: {_words(found.total(form))}" for form in FORMS]
    held = [attended for _, _, attended in found.p2k2]
    came, expected = sum(a.hadir for a in held), sum(a.held for a in held)
    lines.append(f"P2K2: hadir {came} dari {expected}, belum diketahui {sum(a.unknown for a in held)}")
    options = [(f"verkom.form:{form}", form.capitalize()) for form in FORMS]
    about = {"kelompok": kelompok.name, "quarter": str(quarter), "lines": "\n".join(lines)}
    return [say(msg, "obligations.verkom.overview", **about, options=options)]


def _words(counts: Counts, gone: Collection[str] = ()) -> str:
    number = shown(counts, gone)
    return (
        f"sudah {number['verified']}, dilaporkan {number['reported']}, belum {number['not_done']}, "
        f"belum diketahui {number['unknown']} dari {number['due']}"
    )


def _open(
    msg: Inbound, who: Person, tx: Tx, memory: Mapping[str, Any], kelompok: Kelompok, found: Verkom
) -> list[Outbound]:
    units = _units(found, memory["what"])
    if not units:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "obligations.verkom.empty", kelompok=kelompok.name, what=str(memory["what"])[:40])]
    kept = {**memory, "step": "marks", "ids": [unit.key for unit in units]}
    tx.sessions.keep(who.address_id, TOPIC, kept, OPEN_FOR)
    lines = [f"{n}. {_line(unit, found.as_of)}" for n, unit in enumerate(units, 1)]
    parts = ["\n".join(lines[i : i + PER_PART]) for i in range(0, len(lines), PER_PART)]
    about = {"kelompok": kelompok.name, "quarter": str(found.quarter), "form": str(memory["what"]).capitalize()[:30]}
    letters = [
        say(msg, "obligations.verkom.open", **about, part=f"{n} dari {len(parts)}", lines=part)
        for n, part in enumerate(parts, 1)
    ]
    return [*letters, say(msg, "obligations.verkom.how")]


def _units(found: Verkom, what: str) -> list[Unit]:
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


def _line(unit: Unit, day: date) -> str:
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


# --- what is marked


def _mark(
    msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], kelompok: Kelompok, units: Sequence[Unit]
) -> list[Outbound] | None:
    text, proof = msg.text, waiting["proof"]
    if found := _PROOF.search(text):
        text, proof = text[: found.start()], found[1].strip()
    words = text.lower()
    for pattern, meaning in _WORDS:
        words = re.sub(pattern, meaning, words)
    numbered = [RegisterLine(n, KpmId(n), _plain(unit.name)) for n, unit in _in_order(units, waiting["ids"])]
    read = read_marks(words, numbered, {})
    marks = dict(waiting["marks"])
    for number, mark in read.marks.items():
        marks[waiting["ids"][int(number) - 1]] = MEANS[mark].value if mark in MEANS else None
    if not read.marks and not found:
        return [say(msg, "obligations.verkom.unclear", unclear=f'"{" ".join(msg.text.split())[:40]}"')]
    memory = {**waiting, "marks": marks, "proof": proof}
    tx.sessions.keep(who.address_id, TOPIC, memory, OPEN_FOR)
    letters = []
    if read.unclear:
        letters.append(say(msg, "obligations.verkom.unclear", unclear=", ".join(f'"{w[:40]}"' for w in read.unclear)))
    return [*letters, _proposal(msg, memory, kelompok, units)]


def _plain(name: str) -> str:
    return re.sub(r",.*|[():]", " ", name)


def _in_order(units: Sequence[Unit], ids: Sequence[str]) -> list[tuple[int, Unit]]:
    by_key = {unit.key: unit for unit in units}
    return [(n, by_key[key]) for n, key in enumerate(ids, 1) if key in by_key]


def _proposal(msg: Inbound, memory: Mapping[str, Any], kelompok: Kelompok, units: Sequence[Unit]) -> Outbound:
    """Everything is shown back before it is written; silence stays what it is."""
    marks = {key: Claim(word) for key, word in memory["marks"].items() if word}
    named: dict[Claim, list[str]] = {claim: [] for claim in Claim}
    silent, against = [], []
    for _, unit in _in_order(units, memory["ids"]):
        claim = marks.get(unit.key)
        if claim is None:
            continue
        short = unit.name.split(",")[0]
        named[claim].append(short)
        if claim is Claim.DONE and any(entry.state == "unknown" for entry in unit.found):
            silent.append(short)
        if claim is Claim.NOT_DONE and any(entry.state == "reported" for entry in unit.found):
            against.append(short)
    counts = ", ".join(f"{SPOKEN[claim]} {len(names)}" for claim, names in named.items() if names)
    left = len(memory["ids"]) - sum(map(len, named.values()))
    lines = [
        _few(SPOKEN[Claim.NOT_DONE], named[Claim.NOT_DONE]),
        _few(SPOKEN[Claim.NOT_APPLICABLE], named[Claim.NOT_APPLICABLE]),
        _few("ditandai sudah tetapi keluarga belum memberi kabar", silent),
        _few("ditandai belum tetapi keluarga bilang sudah", against),
        f"{left} tidak ditandai, tetap seperti semula." if left else "",
        f"Bukti: {memory['proof']}." if memory["proof"] else "",
    ]
    warnings = "".join(f"\n{line}" for line in lines if line)
    about = {"kelompok": kelompok.name, "counts": f"{counts.capitalize()}." if counts else "Belum ada tanda."}
    return say(msg, "obligations.verkom.proposal", **about, warnings=warnings)


def _few(what: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f", dan {len(names) - NAMES_SHOWN} lagi" if len(names) > NAMES_SHOWN else ""
    return f"{len(names)} {what}: {', '.join(names[:NAMES_SHOWN])}{more}."


def _save(
    msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], kelompok: Kelompok, units: Sequence[Unit]
) -> list[Outbound]:
    assert who.staff is not None  # noqa: S101  checked by the caller
    marks = dict(waiting["marks"])
    if not marks:
        return [say(msg, "obligations.verkom.nothing")]
    wishes = [
        (entry, Claim(marks[unit.key]) if marks[unit.key] else None)
        for unit in units
        if unit.key in marks
        for entry in unit.found
    ]
    written = verify(tx, who.staff.id, wishes, waiting["proof"])
    tx.sessions.end(who.address_id, TOPIC)
    return [say(msg, "obligations.verkom.saved", kelompok=kelompok.name, count=str(written))]


def verify(tx: Tx, by: StaffId, wishes: Sequence[tuple[Entry, Claim | None]], proof: str = "") -> int:
    """The pendamping's word on each of these, from the chat or a page; how many it changed."""
    written = sum(_write(tx, by, entry, claim, proof) for entry, claim in wishes)
    for kpm_id in {entry.one.member.kpm_id for entry, _ in wishes}:
        tx.obligations.queue.look_again(kpm_id)
    return written


def _write(tx: Tx, by: StaffId, entry: Entry, claim: Claim | None, proof: str) -> int:
    item: Item = item_of(entry.one)
    kind = proof or rules()[item.rule].proof if claim is Claim.DONE else proof
    was = tx.obligations.mark(item, claim, by, kind)
    if was is claim:
        return 0
    subject = f"member:{item.member_id}:{item.series}:{item.occurrence}"
    tx.audit.write(f"staff:{by}", "obligation.mark", subject, was, claim, kind)
    return 1


# --- above the pendamping: numbers only


def _coverage(msg: Inbound, who: Person, tx: Tx, kelompoks: Sequence[Kelompok], rest: str) -> list[Outbound]:
    """For the koordinator: counts without names, and small ones hidden."""
    if not kelompoks:
        return [say(msg, "obligations.verkom.nothing_here")]
    today = msg.at.astimezone(kelompoks[0].zone).date()
    quarter = read_quarter(rest, today) or quarter_of(today)
    found = collect(tx, kelompoks, quarter, today)
    gone = _hidden(tx, who, quarter)
    lines = []
    for form in FORMS:
        counts = found.total(form)
        small = alone(cells(counts), SUM)  # what changed since the night
        lines.append(f"{form.capitalize()}: {_words(counts, small | {n for n in STATES if f'{form}_{n}' in gone})}")
    held = [attended for _, _, attended in found.p2k2]
    came, expected = sum(a.hadir for a in held), sum(a.held for a in held)
    lines.append(f"P2K2: hadir {came} dari {expected}")
    return [say(msg, "obligations.verkom.coverage", quarter=str(quarter), lines="\n".join(lines))]


def _hidden(tx: Tx, who: Person, quarter: Quarter) -> Collection[str]:
    """The same that her page hides of the sum."""
    if who.staff is None:
        return ()
    return hidden_sum(tx, f"{quarter.year}-T{quarter.number}", tx.figures.way(who.staff, Where()))
