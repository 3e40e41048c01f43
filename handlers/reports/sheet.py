"""What stands on a daftar hadir? The families of the register; 'hadir' only where the pendamping wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from data.content.sessions import session
from data.records import Entry, Kelompok, Kind, Mark, Meeting
from data.store import Tx
from handlers.speech import WHAT, when
from messages import spoken
from messages.envelope import Attachment

UNKNOWN = "belum diketahui"


def attendance_sheet(tx: Tx, meeting: Meeting, kelompok: Kelompok, *, blank: bool = False) -> Attachment:
    """Filled once the meeting was held, unless `blank`."""
    state = tx.meetings.register(meeting.id, kelompok.id)
    filled = not blank and state is not None and state.held
    entries = tx.attendance.register(meeting, kelompok.id)
    rows = [
        {
            "name": entry.kpm.name,
            "ketua": entry.kpm.ketua,
            "status": entry.kpm.status.value.upper(),
            "mark": word_of(entry) if filled else "",
        }
        for entry in entries
    ]
    ketua = next((entry.kpm.name for entry in entries if entry.kpm.ketua), "")
    more = {"filled": filled, "ketua": ketua, "rows": rows, "counts": counts(entries)}
    return Attachment("attendance_sheet", {**about(tx, meeting, kelompok), **more})


def about(tx: Tx, meeting: Meeting, kelompok: Kelompok) -> dict[str, object]:
    """The head of every paper about a meeting."""
    home = tx.people.kabupaten(kelompok.kabupaten_id)
    by = tx.people.staff(meeting.pendamping_id)
    found = session(meeting.session)
    now = tx.now.astimezone(meeting.zone)
    return {
        "what": "P2K2" if meeting.kind is Kind.P2K2 else WHAT[meeting.kind].removeprefix("pertemuan "),
        "office": home.office if home else "",
        "kabupaten": home.name if home else "",
        "kecamatan": kelompok.kecamatan,
        "desa": kelompok.desa,
        "kelompok": kelompok.name,
        "pendamping": by.name if by else kelompok.pendamping,
        "module": found.module if found else "-",
        "session": found.name if found else meeting.title,
        "when": when(meeting),
        "date": f"{meeting.local:%Y-%m-%d}",
        "place": meeting.place,
        "as_of": f"{spoken.long_date(now.date())}, {spoken.clock_zone(now)}",
    }


def word_of(entry: Entry) -> str:
    return entry.mark.value.capitalize() if entry.mark else UNKNOWN


def tally(entries: Sequence[Entry]) -> dict[str, int]:
    """Hadir, izin, sakit, alpa and belum diketahui; together they are the families on the register."""
    marks = [entry.mark for entry in entries]
    return {**{mark.value: marks.count(mark) for mark in Mark}, "belum_diketahui": marks.count(None)}


def counts(entries: Sequence[Entry]) -> str:
    """'Hadir 12, izin 1, sakit 0, alpa 2, belum diketahui 3 dari 18 keluarga di daftar hadir.'"""
    parts = ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in tally(entries).items())
    return f"{parts.capitalize()} dari {len(entries)} keluarga di daftar hadir."
