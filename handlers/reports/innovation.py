"""What is the evidence for the innovation index? Counts with their rule; nothing is blown up, nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.records import Kabupaten, Kind
from data.store import Tx
from handlers.reports.agenda import letter_rows
from handlers.reports.header import FIELDS, MEASURED, NOT_YET, efficiency, header
from messages import spoken
from messages.envelope import Attachment

Rows = Sequence[Mapping[str, Any]]
TWO_YEARS = 2
RULE = (
    "Pengguna: keluarga berbeda yang menyetujui pesan dan menjawab sendiri sedikitnya satu kali, atau tercatat Hadir "
    "oleh pendamping. Terjangkau berarti pesan sampai, bukan memakai. Keluarga dihitung sekali sebulan dan sekali "
    "setahun; nomor uji dan nomor di luar data KPM tidak dihitung."
)


def innovation_evidence(tx: Tx, home: Kabupaten, year: int, quizzes: Rows, practices: Rows) -> Attachment:
    """`quizzes` and `practices` are the rows of `quiz results` and `quiz practices` over all groups."""
    now = tx.now.astimezone(home.zone)
    fields = header(tx)
    begins = datetime(year, 1, 1, tzinfo=home.zone)
    ends = begins.replace(year=year + 1)
    tables = [
        ("Pengguna", RULE, _users(tx, year, begins)),
        ("Cakupan", "Kelompok dan desa dengan sedikitnya satu P2K2 terlaksana.", _coverage(tx, year)),
        ("Literasi", "Kuis sejak awal, rata-rata hanya dari lima keluarga atau lebih. HK: hak dan kewajiban.", quizzes),
        ("Praktik di rumah", "Menurut jawaban keluarga, sejak awal.", practices),
        ("Pertanyaan", "Pertanyaan keluarga yang menjadi tiket.", _questions(tx, begins, ends)),
        ("Bimtek", _bimtek_note(tx, now), _events(tx, Kind.BIMTEK, two_years_before(now), now)),
        ("Sosialisasi", f"Sosialisasi tahun {year}.", _events(tx, Kind.SOSIALISASI, begins, ends)),
        ("Surat agenda", "Daftar surat agenda P2K2.", letter_rows(tx)),
        ("Efisiensi", "Angka diisi kantor (like-pkh export header); bot tidak menaksir.", _efficiency(fields)),
    ]
    cover = [(FIELDS[name], value or NOT_YET) for name, value in fields.items() if name not in MEASURED]
    return Attachment(
        "innovation_evidence",
        {
            "year": str(year),
            "office": home.office,
            "kabupaten": home.name,
            "cover": [["Pemerintah daerah", f"Kabupaten {home.name}"], ["Pemilik", home.office], *map(list, cover)],
            "as_of": f"{spoken.long_date(now.date())}, {spoken.clock_zone(now)}",
            "tables": [
                {"title": name, "note": note, "rows": [dict(row) for row in rows]} for name, note, rows in tables
            ],
        },
    )


def two_years_before(now: datetime) -> datetime:
    return now.replace(year=now.year - TWO_YEARS, day=min(now.day, 28))


def _users(tx: Tx, year: int, begins: datetime) -> list[dict[str, object]]:
    months = [f"{year}-{number:02d}" for number in range(1, 13)]
    rows, since = [], begins
    for month in months:
        until = (since + timedelta(days=32)).replace(day=1)
        if since <= tx.now:
            rows.append(_line(spoken.month_name(month), tx.usage.users([month], since, until)))
        since = until
    whole = tx.usage.users(months, begins, since)
    return [*rows, _line(f"Jumlah {year} (keluarga berbeda)", whole)]


def _line(name: str, users: Any) -> dict[str, object]:
    return {
        "Bulan": name,
        "Terjangkau": users.reached,
        "Menjawab": users.replied,
        "Hadir terverifikasi": users.verified,
        "Pengguna": users.users,
    }


def _coverage(tx: Tx, year: int) -> list[dict[str, object]]:
    months = [f"{year}-{number:02d}" for number in range(1, 13)]
    rows = []
    for name, (met, every) in (("Kelompok", tx.usage.kelompok_met(months)), ("Desa", tx.usage.desa_met(months))):
        share = f"{met / every:.1%}".replace(".", ",") if every else "-"
        rows.append({"Unit": name, "Terlaksana": met, "Semua": every, "Bagian": share})
    return rows


def _questions(tx: Tx, begins: datetime, ends: datetime) -> list[dict[str, object]]:
    asked, closed = tx.usage.questions(begins, ends)
    return [{"Diajukan": asked, "Selesai dijawab": closed, "Masih terbuka": asked - closed}]


def _bimtek_note(tx: Tx, now: datetime) -> str:
    count = len(tx.usage.meetings_of(Kind.BIMTEK, two_years_before(now), now))
    return f"Bimtek dalam dua tahun terakhir: {count} (hanya yang daftar hadirnya diisi; P2K2 bukan bimtek)."


def _events(tx: Tx, kind: Kind, since: datetime, until: datetime) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for meeting_id, present, photos in tx.usage.meetings_of(kind, since, min(until, tx.now)):
        meeting = tx.meetings.get(meeting_id)
        if meeting is not None:
            kelompoks = [tx.people.kelompok(i).name for i in meeting.kelompok_ids]
            rows.append(
                {
                    "Tanggal": f"{meeting.local:%Y-%m-%d}",
                    "Tentang": meeting.title,
                    "Kelompok": spoken.listed(kelompoks),
                    "Tempat": meeting.place,
                    "Hadir": present,
                    "Foto": photos,
                }
            )
    return rows


def _efficiency(fields: dict[str, str]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"Ukuran": FIELDS[name], "Nilai": fields[name] or "belum diukur"} for name in MEASURED
    ]
    return [*rows, {"Ukuran": "Penghematan waktu", "Nilai": efficiency(fields)}]
