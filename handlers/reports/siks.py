"""What is typed into SIKS-NG? A row per meeting with its two texts, and the families by name with an empty NIK."""

from __future__ import annotations

from collections.abc import Sequence

from data.records import Kelompok, Meeting
from data.store import Tx
from handlers.reports.facts import facts_of
from handlers.reports.sheet import word_of
from handlers.rules.reports import siks_text
from messages import spoken

Chosen = Sequence[tuple[Meeting, Kelompok]]


def activity_rows(tx: Tx, chosen: Chosen) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for meeting, kelompok in chosen:
        facts = facts_of(tx, meeting, kelompok)
        text = siks_text(facts)
        rows.append(
            {
                "Kelompok": kelompok.name,
                "Desa": kelompok.desa,
                "Kecamatan": kelompok.kecamatan,
                "Tanggal": f"{meeting.local:%Y-%m-%d}",
                "Mulai": spoken.clock_zone(meeting.local),
                "Selesai": spoken.clock_zone(meeting.ends.astimezone(meeting.zone)),
                "Tempat": meeting.place,
                "Materi": facts.session,
                "Modul": facts.module,
                "Pemateri": facts.speaker or "",
                "Nama kegiatan": text.name,
                "Uraian": text.description,
                "Belum tercatat": ", ".join(text.missing),
            }
        )
    return rows


def participant_rows(tx: Tx, chosen: Chosen) -> list[dict[str, object]]:
    """Every family on the register; 'Hadir' only where the pendamping wrote it. The NIK is hers to fill in."""
    rows: list[dict[str, object]] = []
    for meeting, kelompok in chosen:
        for entry in tx.attendance.register(meeting, kelompok.id):
            rows.append(
                {
                    "No": len(rows) + 1,
                    "NIK": "",
                    "Nama pengurus": entry.kpm.name,
                    "Kelompok": kelompok.name,
                    "Desa": kelompok.desa,
                    "Tanggal": f"{meeting.local:%Y-%m-%d}",
                    "Kehadiran": word_of(entry),
                }
            )
    return rows
