"""Which tables does the verkom list have, on paper and in a spreadsheet? No NIK, and the unknown by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.obligations import Attended
from handlers.obligations.collecting import Row, Verkom, age_words
from handlers.rules.verkom import FORMS, STATES, is_low, low_below, percent
from messages.spoken import long_date, month_name

FORM_TITLES = {"kesehatan": "Kesehatan", "pendidikan": "Pendidikan", "kesejahteraan": "Kesejahteraan Sosial"}
STATE_TITLES = {
    "due": "Wajib",
    "reported": "Dilaporkan",
    "verified": "Diverifikasi",
    "not_done": "Belum",
    "unknown": "Belum diketahui",
}
HEAD = ("No", "Pengurus", "Anggota", "Umur", *STATE_TITLES.values(), "Keterangan")
WIDTHS = (10, 38, 38, 17, 17, 25, 27, 17, 24, 54)
P2K2_HEAD = ("No", "Pengurus", "Pertemuan", "Hadir", "Izin", "Sakit", "Alpa", "Belum diketahui")
P2K2_WIDTHS = (9, 60, 30, 25, 25, 25, 25, 40)
SCHOOL_HEAD = ("No", "Pengurus", "Anak", "Sekolah")
SCHOOL_WIDTHS = (9, 30, 30, 34)
OF_MONTH = ("hari", "alpa", "izin", "sakit", "%")
MONTH_WIDTH = 11
Cell = str | int


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are millimetres; the last row is a sum."""

    name: str
    title: str
    head: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    summed: bool = True


def tables(found: Verkom) -> Iterator[Table]:
    for form in FORMS:
        rows = [_line(number, row, found) for number, row in enumerate(found.of_form(form), 1)]
        total = found.total(form)
        rows.append(["", "Jumlah", "", "", *(getattr(total, name) for name in STATES), ""])
        title = FORM_TITLES[form]
        yield Table(title, f"Verifikasi komitmen: {title}", HEAD, WIDTHS, rows)
        if form == "pendidikan":
            yield _school(found)
    rows = [[n, kpm.name, *_attended(one)] for n, (_, kpm, one) in enumerate(found.p2k2, 1)]
    rows.append(["", "Jumlah", *_attended(found.attended)])
    yield Table("P2K2", "Verifikasi komitmen: kehadiran P2K2", P2K2_HEAD, P2K2_WIDTHS, rows)


def _line(number: int, row: Row, found: Verkom) -> list[Cell]:
    counts = row.counts
    numbers = [getattr(counts, name) for name in STATES]
    note = "; ".join(words for words in (row.note, row.reasons) if words)
    return [number, row.kpm.name, row.member.name, age_words(row.member, found.as_of), *numbers, note]


def _attended(one: Attended) -> list[Cell]:
    return [one.held, one.hadir, one.izin, one.sakit, one.alpa, one.unknown]


def _school(found: Verkom) -> Table:
    """Three months side by side, as the schools wrote them; an empty cell is a month that no school has sent."""
    months = found.quarter.months
    head = [*SCHOOL_HEAD, *(f"{month_name(month)[:3]} {word}" for month in months for word in OF_MONTH)]
    rows = [_pupil(number, row, months) for number, row in enumerate(found.of_form("pendidikan"), 1)]
    widths = [*SCHOOL_WIDTHS, *([MONTH_WIDTH] * (len(head) - len(SCHOOL_HEAD)))]
    note = f"* di bawah {low_below()} persen. Kosong: sekolah belum mengirim."
    return Table("Kehadiran Sekolah", "Kehadiran sekolah per bulan", head, widths, rows, note, summed=False)


def _pupil(number: int, row: Row, months: Sequence[str]) -> list[Cell]:
    written = {one.month: one for one in row.months}
    school = next((one.school for one in reversed(row.months) if one.school), row.member.school or "")
    cells: list[Cell] = [number, row.kpm.name, row.member.name, school]
    for month in months:
        one = written.get(month)
        if one is None:
            cells += [""] * len(OF_MONTH)
            continue
        share = percent(one.effective, one.alpa, one.izin, one.sakit)
        shown: Cell = "" if share is None else f"{share}*" if is_low(share) else share
        cells += [one.effective, one.alpa, one.izin, one.sakit, shown]
    return cells


def subtitle(found: Verkom) -> str:
    names = list(dict.fromkeys(kelompok.name for kelompok, _, _ in found.p2k2))
    where = names[0] if len(names) == 1 else f"{len(names)} kelompok"
    return f"{where}, {found.quarter}, keadaan {long_date(found.as_of)}"
