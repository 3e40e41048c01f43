"""What is marked on a verkom list: 'semua sudah kecuali 4 belum', shown back, then SELESAI; only this is verified."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from data.content.obligations import rules
from data.obligations import Claim, Item
from data.records import Kelompok, KpmId, Mark, Person, StaffId
from data.store import Tx
from handlers.obligations.stopping import settle
from handlers.obligations.verkom.units import Unit
from handlers.obligations.wording import item_of
from handlers.rules.marking import RegisterLine, read_marks
from handlers.rules.verkom import Entry
from handlers.speech import say
from messages.envelope import Inbound, Outbound

TOPIC = "verkom"
OPEN_FOR = timedelta(hours=12)
NAMES_SHOWN = 8
_PROOF = re.compile(r"[;,.]?\s*\bbukti:?\s+([\w /.-]{2,60})\s*$", re.IGNORECASE)
_WORDS = (
    (r"\b(?:tidak (?:perlu|berlaku|kena)|pindah|bebas)\b", "izin"),
    (r"\b(?:belum|blm|balum|durung)\b", "alpa"),
    (r"\b(?:sudah|sdh|udah|terpenuhi|lengkap|ya|ok|beres)\b", "hadir"),
)
MEANS = {Mark.PRESENT: Claim.DONE, Mark.ABSENT: Claim.NOT_DONE, Mark.EXCUSED: Claim.NOT_APPLICABLE}
SPOKEN = {Claim.DONE: "sudah", Claim.NOT_DONE: "belum", Claim.NOT_APPLICABLE: "tidak perlu"}


def on_marks(
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


def save(
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
    settle(tx, {entry.one.member.kpm_id for entry, _ in wishes})
    return written


def _write(tx: Tx, by: StaffId, entry: Entry, claim: Claim | None, proof: str) -> int:
    item: Item = item_of(entry.one)
    kind = proof or rules()[item.rule].proof if claim is Claim.DONE else proof
    was = tx.obligations.mark(item, claim, by, kind)
    if was is claim:
        return 0
    subject = f"member:{item.member_id}:{item.series}:{item.occurrence}"
    tx.audit.write(f"staff:{by}", "obligation.mark", subject, was, claim, f"bukti {kind}" if kind else "tanpa bukti")
    return 1
