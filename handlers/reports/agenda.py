"""What does an agenda letter say? Its running number, whom it invites, when and where, and the order of the meeting."""

from __future__ import annotations

from data.records import Kind, Meeting
from data.store import Tx
from handlers.reports.sheet import about
from messages import spoken
from messages.envelope import Attachment

ORDER = (
    "Pembukaan, Indonesia Raya, dan Mars PKH",
    "Mengulas sesi sebelumnya",
    "Penyampaian materi",
    "Diskusi dan praktik di rumah",
    "Pengisian daftar hadir dan penutupan",
)
"""The usual order of a P2K2 (FACTS 1.4)."""


def agenda_letter(tx: Tx, meeting: Meeting) -> Attachment:
    """The number is given with the first letter of a meeting; the same meeting has the same letter again."""
    kelompoks = [tx.people.kelompok(i) for i in meeting.kelompok_ids]
    head = about(tx, meeting, kelompoks[0])
    desa = spoken.listed(sorted({k.desa for k in kelompoks}))
    subject = f"Agenda {head['what']} Desa {desa}"
    number, at = tx.letters.number_of(meeting, kelompoks[0].kabupaten_id, subject)
    day = at.astimezone(meeting.zone).date()
    return Attachment(
        "agenda_letter",
        {
            **head,
            "number": number,
            "subject": subject,
            "day": spoken.long_date(day).split(", ")[1],
            "iso": f"{day:%Y-%m-%d}",
            "desa": desa,
            "kelompok": spoken.listed([k.name for k in kelompoks]),
            "order": list(ORDER) if meeting.kind is Kind.P2K2 else [],
        },
    )


def letter_rows(tx: Tx) -> list[dict[str, object]]:
    """The register: No Surat, Tanggal, Tentang, Dokumen, and whether the letter still holds."""
    home = tx.people.kabupaten()
    rows: list[dict[str, object]] = []
    for one in tx.letters.register():
        day = (one.at.astimezone(home.zone) if home else one.at).date()
        rows.append(
            {
                "No Surat": one.number,
                "Tanggal": f"{day:%Y-%m-%d}",
                "Hari, tanggal": spoken.long_date(day),
                "Tentang": one.about,
                "Dokumen": f"{letter_name(one.number, one.about)}.pdf",
                "Keadaan": one.state,
            }
        )
    return rows


def letter_name(number: str, subject: str) -> str:
    """'Surat LIKE-PKH-P2K2-001-XI-2026 Agenda P2K2 Desa Babayau'."""
    return f"Surat {number.replace('/', '-')} {subject}"
