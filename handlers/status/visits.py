"""TINDAK LANJUT: whom should the pendamping go and see, and why? Short, by kelompok."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.content.obligations import rules
from data.records import Entry, Kelompok, Kind, Kpm, Meeting, Person
from data.store import Tx
from handlers import scope
from handlers.rules.status import IN_A_ROW, Seen, State, Visit, judge, why_visit
from handlers.speech import REASONS, say
from messages.envelope import Inbound, KpmId, Outbound

LOOK_BACK = timedelta(days=200)
AHEAD = timedelta(days=60)
UNDONE_BACK = timedelta(days=60)
NAMES_PER_LINE = 12
"""More names in one line are not read; how many are left out is said."""

LONGEST = 3500
"""Characters of one message; the other groups follow in the next."""

HINTS = {
    State.NO_PHONE: "tanpa HP",
    State.NEVER_WROTE: "belum pernah menulis",
    State.NOT_AGREED: "belum menjawab boleh tidaknya",
    State.BLOCKED: "memblokir bot",
    State.UNREACHABLE: "cek nomornya",
    State.NOT_TAKEN: "cek nomornya",
}
TITLES = {
    Visit.ABSENT: "Alpa dua kali berturut-turut",
    Visit.UNREACHED: "Belum terjangkau",
    Visit.SILENT: "Dua pertemuan tanpa kabar",
    Visit.DECLINED: "Tidak bisa datang",
}

MISSED = "Kewajiban belum"

Register = Mapping[KpmId, Entry]


@dataclass(frozen=True, slots=True)
class ToVisit:
    """One family, why, and what is known besides."""

    kpm: Kpm
    kelompok: Kelompok
    why: Visit
    hint: str


@dataclass(frozen=True, slots=True)
class Undone:
    """'Siti', 'timbang dan ukur Hafiz: kerja'."""

    kpm_id: KpmId
    name: str
    what: str


def on_tindak_lanjut(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """TINDAK LANJUT, or TINDAK LANJUT Melati 3 for one kelompok."""
    mine = scope.mine(who, tx)
    one = scope.find(rest, mine) if rest else None
    parts = [part for kelompok in ([one] if one else mine) if (part := _kelompok(tx, kelompok, msg.at))]
    if not parts:
        return [say(msg, "status.nobody")]
    return [say(msg, "status.follow_up", lines=lines) for lines in _pages(parts)]


def _kelompok(tx: Tx, kelompok: Kelompok, at: datetime) -> str:
    """The lines of one kelompok; empty when nobody needs a visit."""
    found: dict[Visit, list[str]] = {}
    for one in to_visit(tx, kelompok, at):
        found.setdefault(one.why, []).append(f"{one.kpm.name} ({one.hint})" if one.hint else one.kpm.name)
    said = [f"- {TITLES[why]}: {_short(found[why])}" for why in Visit if why in found]
    if missed := undone(tx, kelompok, at):
        said.append(f"- {MISSED}: {_short([f'{one.name} ({one.what})' for one in missed])}")
    return "\n".join([kelompok.name, *said]) if said else ""


def undone(tx: Tx, kelompok: Kelompok, at: datetime) -> list[Undone]:
    """What families said lately that they have not done, once for each family and thing."""
    found = []
    for one in tx.obligations.refused(kelompok.id, at - UNDONE_BACK):
        what = rules()[one.rule].short.replace("{nama}", one.member).replace(" {ke}", "").replace("{ke}", "")
        why = f": {REASONS.get(one.reason, one.reason)}" if one.reason else ""
        found.append(Undone(one.kpm_id, one.kpm, f"{what}{why}"))
    return list(dict.fromkeys(found))


def to_visit(tx: Tx, kelompok: Kelompok, at: datetime) -> list[ToVisit]:
    """The families of one kelompok that somebody should go and see, by name."""
    held, over, coming = _meetings(tx, kelompok, at)
    lines, letters = tx.status.lines([kelompok.id]), tx.status.letters([kelompok.id])
    found = []
    for kpm in tx.people.families(kelompok.id):
        state = judge(lines.get(kpm.id, ()), letters.get(kpm.id), at).state
        now = coming.get(kpm.id)
        why = why_visit(state, _seen(held, kpm), _seen(over, kpm), Seen(now.answer, now.mark) if now else None)
        if why is not None:
            found.append(ToVisit(kpm, kelompok, why, _hint(why, state, now)))
    return found


def _meetings(tx: Tx, kelompok: Kelompok, at: datetime) -> tuple[list[Register], list[Register], Register]:
    """The registers of the last meetings that were held, of the last that are over, and of the next (else the last)."""
    every = tx.meetings.of_kelompok([kelompok.id], at - LOOK_BACK, at + AHEAD)
    standing = [m for m in every if not m.cancelled and m.kind is Kind.P2K2]
    over = [m for m in reversed(standing) if m.ends < at]
    coming = next((m for m in standing if m.ends >= at), over[0] if over else None)
    held = [m for m in over if _held(tx, m, kelompok)]

    def register(meeting: Meeting) -> Register:
        return {entry.kpm.id: entry for entry in tx.attendance.register(meeting, kelompok.id)}

    registers = {m.id: register(m) for m in {m.id: m for m in (*held[:IN_A_ROW], *over[:IN_A_ROW])}.values()}
    return (
        [registers[m.id] for m in held[:IN_A_ROW]],
        [registers[m.id] for m in over[:IN_A_ROW]],
        register(coming) if coming else {},
    )


def _held(tx: Tx, meeting: Meeting, kelompok: Kelompok) -> bool:
    state = tx.meetings.register(meeting.id, kelompok.id)
    return state is not None and state.held


def _seen(registers: Sequence[Register], kpm: Kpm) -> list[Seen]:
    """Only meetings on whose register she stood: who came later missed nothing."""
    return [Seen(entry.answer, entry.mark) for register in registers if (entry := register.get(kpm.id))]


def _hint(why: Visit, state: State, now: Entry | None) -> str:
    if why is Visit.DECLINED and now is not None and now.reason:
        return REASONS.get(now.reason, "")
    return HINTS.get(state, "")


def _short(names: Sequence[str]) -> str:
    if len(names) <= NAMES_PER_LINE:
        return ", ".join(names)
    return f"{', '.join(names[:NAMES_PER_LINE])}, dan {len(names) - NAMES_PER_LINE} lainnya"


def _pages(parts: Sequence[str]) -> list[str]:
    pages = [parts[0]]
    for part in parts[1:]:
        if len(pages[-1]) + len(part) < LONGEST:
            pages[-1] += f"\n{part}"
        else:
            pages.append(part)
    return pages
