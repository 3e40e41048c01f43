"""What goes into the Rekap kecamatan? A line per kelompok in the order of the form; the latest meeting counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from data.records import Kelompok, Kind, Meeting
from data.store import Tx
from handlers.reports.facts import facts_of
from handlers.reports.sheet import tally
from handlers.speech import day
from messages.envelope import StaffId

LEVELS = ("kurang", "baik", "sangat baik", "tidak dapat dinilai")


def recap_rows(tx: Tx, month: str, kelompoks: Sequence[Kelompok]) -> list[dict[str, object]]:
    """The lines of these groups by desa and name, and their total."""
    rows = [_row(tx, month, k) for k in sorted(kelompoks, key=lambda k: (k.desa, k.name))]
    total = {key: _sum(rows, key) for key in rows[0]} if rows else {}
    return [*rows, {**total, "Desa": "Jumlah"}] if rows else []


def _sum(rows: Sequence[dict[str, object]], key: str) -> object:
    numbers = [row[key] for row in rows if isinstance(row[key], int)]
    return sum(n for n in numbers if isinstance(n, int)) if numbers else ""


def _row(tx: Tx, month: str, kelompok: Kelompok) -> dict[str, object]:
    begins = datetime.strptime(month, "%Y-%m").replace(tzinfo=kelompok.zone)
    ends = (begins + timedelta(days=32)).replace(day=1)
    meetings = [m for m in tx.meetings.of_kelompok([kelompok.id], begins, ends) if m.kind is Kind.P2K2]
    held = [m for m in meetings if not m.cancelled and _held(tx, m, kelompok)]
    last = held[-1] if held else None
    by = tx.people.staff(StaffId(last.pendamping_id)) if last else None
    return {
        "Desa": kelompok.desa,
        "Kelompok": kelompok.name,
        "Pendamping": by.name if by else kelompok.pendamping,
        "Direncanakan": len(meetings),
        "Terlaksana": len(held),
        "Alasan tidak terlaksana": "" if held else _why(meetings),
        **_of_meeting(tx, last, kelompok),
    }


def _held(tx: Tx, meeting: Meeting, kelompok: Kelompok) -> bool:
    state = tx.meetings.register(meeting.id, kelompok.id)
    return state is not None and state.held


def _why(meetings: Sequence[Meeting]) -> str:
    standing = [m for m in meetings if not m.cancelled]
    if standing:
        return f"daftar hadir {day(standing[-1])} belum diisi"
    if meetings:
        return f"dibatalkan: {meetings[-1].reason or 'alasan tidak dicatat'}"
    return "belum ada jadwal"


def _of_meeting(tx: Tx, meeting: Meeting | None, kelompok: Kelompok) -> dict[str, object]:
    """The latest meeting that was held; nothing is filled in where there was none."""
    families = tx.people.families(kelompok.id)
    entries = tx.attendance.register(meeting, kelompok.id) if meeting else []
    marks = tally(entries) if meeting else dict.fromkeys(("hadir", "izin", "sakit", "alpa", "belum_diketahui"), 0)
    levels = tx.reports.levels(meeting.id, kelompok.id) if meeting else {}
    facts = facts_of(tx, meeting, kelompok) if meeting else None
    return {
        "Tanggal": f"{meeting.local:%Y-%m-%d}" if meeting else "",
        "Materi": facts.session if facts else "",
        "Pemateri": (facts.speaker or "belum dicatat") if facts else "",
        "Total KPM": len(entries) if meeting else len(families),
        "Hadir": marks["hadir"],
        "Tidak hadir": marks["izin"] + marks["sakit"] + marks["alpa"],
        "Belum diketahui": marks["belum_diketahui"],
        **{level.capitalize(): levels.get(level, 0) for level in LEVELS},
        "Belum dinilai": len(entries) - sum(levels.values()),
        "Izin": marks["izin"],
        "Sakit": marks["sakit"],
        "Alpa": marks["alpa"],
    }
