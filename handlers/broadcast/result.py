"""What became of it? Taken back, how many it reached, who was not and why, and the words for a WhatsApp group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from data.broadcasts import Broadcast, Told
from data.records import Line, Person, Staff
from data.store import Tx
from handlers.broadcast.announcing import take_back
from handlers.broadcast.files import CALLED
from handlers.broadcast.night import on_night
from handlers.rules.courtesy import PER_WEEK
from handlers.rules.status import State, judge
from handlers.speech import not_theirs, say
from messages import spoken
from messages.envelope import Inbound, Outbound, Status

ARRIVED = {Status.SENT: "terkirim", Status.DELIVERED: "sampai", Status.READ: "dibaca"}
WAITS = {Status.QUEUED, Status.SENDING}
NAMES_PER_LINE = 12
LONGEST = 3000
"""Characters of the reasons: one message holds them."""

LOOKED_UP = 500
"""More families than this are counted."""

WHY = {"phone": "tanpa HP", "consent": "belum setuju", "week": f"sudah {PER_WEEK} kiriman minggu ini"}
REASONS = {
    State.NO_PHONE: "tanpa HP",
    State.NEVER_WROTE: "belum pernah menulis",
    State.NOT_AGREED: "belum menjawab boleh tidaknya",
    State.REFUSED: "tidak mau menerima",
    State.LATER: "menjawab nanti saja",
    State.STOPPED: "STOP PESAN",
    State.BLOCKED: "memblokir bot",
    State.UNREACHABLE: "nomor sering gagal, cek nomornya",
    State.NOTHING_YET: "belum terjangkau waktu itu",
    State.WAITS_FOR_HOUR: "menunggu jam kirim",
    State.WAITS_FOR_TURN: "menunggu giliran kirim",
    State.TEMPLATE_STOPPED: "templat berhenti di WhatsApp",
    State.SENDING: "sedang dikirim",
    State.IN_DOUBT: "tidak diketahui sampai atau tidak",
    State.NOT_TAKEN: "tidak ada penerima di nomor itu",
    State.FAILED: "gagal terkirim",
    State.EXPIRED: "tidak sempat terkirim",
}


def on_button(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Tarik kembali, Hasil, Salin untuk grup: only of one's own. Setuju, Tolak: of a koordinator."""
    act, _, number = (msg.button or "").partition(":")
    one = tx.broadcasts.get(int(number)) if number.isdecimal() and len(number) < 15 else None
    if one is None or who.staff is None:
        return [not_theirs(msg, "broadcast.stale")]
    if act in {"siaran.allow", "siaran.deny"}:
        return on_night(msg, who, tx, one, act == "siaran.allow")
    if one.staff_id != who.staff.id:
        return [not_theirs(msg, "broadcast.stale")]
    match act:
        case "siaran.back":
            return _take_back(msg, who.staff, tx, one)
        case "siaran.copy":
            return [say(msg, "broadcast.copy", pendamping=who.staff.name, audience=one.said, words=one.words)]
        case "siaran.result":
            return [_result(msg, tx, one)]
        case _:
            return [say(msg, "broadcast.stale")]


def on_last(msg: Inbound, by: Staff, tx: Tx, kelompok: str, act: str) -> list[Outbound]:
    """SIARAN HASIL, SIARAN BATAL: of the last one."""
    one = tx.broadcasts.latest(by.id)
    if one is None:
        return [say(msg, "broadcast.none_yet", kelompok=kelompok)]
    return [_result(msg, tx, one)] if act == "hasil" else _take_back(msg, by, tx, one)


def _take_back(msg: Inbound, by: Staff, tx: Tx, one: Broadcast) -> list[Outbound]:
    key, words = take_back(tx, by, one)
    return [say(msg, key, **words)]


# --- the result


def _result(msg: Inbound, tx: Tx, one: Broadcast) -> Outbound:
    by = tx.people.staff(one.staff_id)
    kelompoks = tx.people.kelompok_in_scope(by) if by else []
    local = one.created.astimezone(kelompoks[0].zone if kelompoks else msg.at.tzinfo)
    tally = tx.broadcasts.tally(one)
    return say(
        msg,
        "broadcast.result",
        audience=one.said,
        at=f"{spoken.short_date(local.date())} {spoken.clock(local)}",
        words=one.words,
        numbers=numbers(one, tally) + file_line(tx, one),
        lines=_lines(tx, msg, one, tally) or "Semua yang bisa dikabari sudah dikabari.",
    )


def numbers(one: Broadcast, tally: Mapping[str | None, int]) -> str:
    """'Dikabari 24 dari 27 keluarga: dibaca 10, sampai 8, terkirim 6. Menunggu 2.'"""
    if not tally:
        return "Ditarik kembali sebelum dikirim." if one.state == "cancelled" else "Belum mulai dikirim."
    parts = [f"{words} {tally[state]}" for state, words in reversed(ARRIVED.items()) if tally.get(state)]
    told, waiting = sum(tally.get(s, 0) for s in ARRIVED), sum(tally.get(s, 0) for s in WAITS)
    said = f"Dikabari {told} dari {sum(tally.values())} keluarga"
    said += f": {', '.join(parts)}." if parts else "."
    said += f" Menunggu {waiting}." if waiting else ""
    said += f" Dibatalkan {tally[Status.CANCELLED]}." if tally.get(Status.CANCELLED) else ""
    return said if one.state != "waiting" else f"{said} Masih berjalan."


def file_line(tx: Tx, one: Broadcast) -> str:
    """' 1 foto ikut; pada 3 nomor menyusul sesudah mereka membalas.'"""
    file = tx.broadcasts.files.of(one.id)
    if file is None:
        return ""
    owed = tx.broadcasts.files.owed(one.id)
    return f" 1 {CALLED[file.sort]} ikut" + (f"; pada {owed} nomor menyusul sesudah mereka membalas." if owed else ".")


def _lines(tx: Tx, msg: Inbound, one: Broadcast, tally: Mapping[str | None, int]) -> str:
    """The families it did not reach, by reason."""
    missing = tx.broadcasts.missed(one, LOOKED_UP)
    if not missing:
        return ""
    lines = tx.status.lines(sorted({family.kpm.kelompok_id for family in missing}))
    by_reason: dict[str, list[str]] = {}
    for family in missing:
        by_reason.setdefault(reason(msg.at, family, lines), []).append(family.kpm.name)
    shown = [f"- {reason}: {_short(names)}" for reason, names in by_reason.items()]
    left = sum(n for state, n in tally.items() if state not in ARRIVED) - len(missing)
    return "\n".join([*shown, *([f"- dan {left} keluarga lain"] if left > 0 else [])])[:LONGEST]


def each(tx: Tx, one: Broadcast, limit: int) -> list[tuple[Told, str]]:
    """Every family with what became of it, those it did not reach first."""
    found = tx.broadcasts.each(one, limit)
    lines = tx.status.lines(sorted({family.kpm.kelompok_id for family in found if not _arrived(family)}))
    told = [(family, reason(tx.now, family, lines)) for family in found]
    return sorted(told, key=lambda row: _arrived(row[0]))


def _arrived(family: Told) -> bool:
    return family.letter is not None and family.letter.state in ARRIVED


def reason(at: datetime, family: Told, lines: Mapping[int, Sequence[Line]]) -> str:
    """How far it came, or why it did not."""
    if family.letter is not None and family.letter.state in ARRIVED:
        return ARRIVED[family.letter.state]
    if family.letter is not None and family.letter.state is Status.CANCELLED:
        return "dibatalkan"
    if family.why == "consent" and family.kpm.id in lines:
        state = judge(lines[family.kpm.id], None, at).state
        return REASONS[state]
    if family.letter is None:
        return WHY[family.why or "consent"]
    usual = judge(lines.get(family.kpm.id, ()), family.letter, at).state
    return REASONS.get(usual, "belum terkirim")


def _short(names: Sequence[str]) -> str:
    if len(names) <= NAMES_PER_LINE:
        return ", ".join(names)
    return f"{', '.join(names[:NAMES_PER_LINE])}, dan {len(names) - NAMES_PER_LINE} lainnya"
