"""How is a register handed in, from the chat and from the page, and taken back?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.records import Entry, KpmId, Mark, Meeting, StaffId
from data.store import Tx


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to write, and what the line said when she looked at it."""

    mark: Mark | None
    seen: Mark | None


@dataclass(frozen=True, slots=True)
class Saved:
    """How many lines changed, the lines that somebody else had changed meanwhile, and whether it was handed in now."""

    changed: int
    others: Mapping[KpmId, Entry]
    first: bool


def hand_in(tx: Tx, meeting: Meeting, kelompok_id: int, marks: Mapping[KpmId, Mark | None], by: StaffId) -> int:
    """SELESAI: write the marks and close the register; returns how many lines changed."""
    state = tx.meetings.register(meeting.id, kelompok_id)
    why = "perbaikan" if state is not None and state.closed is not None else "daftar hadir"
    changed = tx.attendance.mark_all(meeting, kelompok_id, marks, by, why)
    tx.attendance.close(meeting, kelompok_id, by)
    return changed


def save(tx: Tx, meeting: Meeting, kelompok_id: int, wishes: Mapping[KpmId, Wish], by: StaffId) -> Saved:
    """The same from a page that may be old: a line that changed under it is left alone and shown."""
    tx.attendance.open_register(meeting, kelompok_id)
    state = tx.meetings.register(meeting.id, kelompok_id)
    mine, others = _apart(tx, meeting, kelompok_id, wishes)
    if not mine:
        return Saved(0, others, False)
    return Saved(hand_in(tx, meeting, kelompok_id, mine, by), others, first=state is not None and state.closed is None)


def take_back(
    tx: Tx, meeting: Meeting, kelompok_id: int, wishes: Mapping[KpmId, Wish], by: StaffId, *, reopen: bool
) -> Saved:
    """Undo a save: the earlier marks come back, and a register that it closed is open again."""
    mine, others = _apart(tx, meeting, kelompok_id, wishes)
    changed = tx.attendance.mark_all(meeting, kelompok_id, mine, by, "dibatalkan") if mine else 0
    if reopen and not others:
        tx.attendance.reopen(meeting, kelompok_id, by)
    return Saved(changed, others, False)


def _apart(
    tx: Tx, meeting: Meeting, kelompok_id: int, wishes: Mapping[KpmId, Wish]
) -> tuple[dict[KpmId, Mark | None], dict[KpmId, Entry]]:
    lines = {entry.kpm.id: entry for entry in tx.attendance.register(meeting, kelompok_id)}
    known = {kpm_id: wish for kpm_id, wish in wishes.items() if kpm_id in lines}
    others = {i: lines[i] for i, wish in known.items() if lines[i].mark not in {wish.seen, wish.mark}}
    return {i: wish.mark for i, wish in known.items() if i not in others}, others
