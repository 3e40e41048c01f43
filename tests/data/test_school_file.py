"""Is the education form of e-PKH read as schools save it, and is nothing half imported?"""

from __future__ import annotations

import pytest

from data.intake.posyandu import match as match_posyandu
from data.intake.posyandu import read_posyandu
from data.intake.school import SchoolFile, match, read_school
from handlers.obligations.school import keep
from handlers.rules.posyandu import days, read_pattern
from tests.support.chat import Chat, Someone

ABOVE = """FORM VERIFIKASI KOMITMEN PENDIDIKAN
NPSN;30301234
Nama Sekolah;SDN 1 Babayau
Triwulan IV Tahun 2026
;;;;;;;;Oktober (Hari Efektif 22);;;;;November (Hari Efektif 20);;;;;Desember (Hari Efektif 15);;;;;;
"""
MONTH = "Alpa;Izin;Sakit;Jml;%"
TITLES = (
    "No;NIK Pengurus;Nama Pengurus;NIK Siswa;NISN;Nama Siswa;Bentuk Pendidikan;Tingkat Pendidikan;"
    f"{MONTH};{MONTH};{MONTH};Ket;Nama Pendamping\n"
)
RIZKY = "1;6311000000000001;HALIMAH;6311000000000002;0012345678;rizky;SD;3;1;0;2;3;95;4;0;0;4;80;;;;;;;Pak Budi\n"
FORM = ABOVE + TITLES + RIZKY


def form(text: str = FORM, *, before: str = "\ufeffsep=;\n") -> bytes:
    return (before + text).encode()


def village() -> tuple[Chat, Someone, int]:
    chat = Chat("2026-12-01 08:00")
    chat.pendamping("Pak Budi", "Melati 3")
    halimah = chat.kpm("Halimah")
    return chat, halimah, chat.member(halimah, "Rizky", "sekolah", born="2017-10-09", level="SD")


def kinds(found: SchoolFile) -> list[str]:
    return [one.kind for one in found.findings if one.kind != "school_identity"]


@pytest.mark.parametrize(
    "file",
    [
        form(),
        form(before=""),
        form(before="sep=;\r\n"),
        form(FORM.replace(";", ","), before="\ufeff"),
        FORM.encode("utf-16"),
        form(FORM.replace("\n", "\r\n")),
    ],
    ids=["bom and sep", "plain", "windows sep", "commas", "utf-16", "windows lines"],
)
def test_however_it_was_saved(file):
    found = read_school(file, "sdn1.csv")
    assert kinds(found) == []
    assert (found.school, found.children) == ("SDN 1 Babayau", 1)
    read = [(line.month, line.effective, line.alpa, line.izin, line.sakit) for line in found.lines]
    assert read == [("2026-10", 22, 1, 0, 2), ("2026-11", 20, 4, 0, 0)], "December is not filled in, and stays unknown"


def test_what_is_read_is_a_word_of_the_school_and_the_low_month_goes_to_the_pendamping():
    chat, halimah, _rizky = village()
    found = read_school(form(), "sdn1.csv")
    with chat.tx() as tx:
        letters = keep(tx, match(tx, found))
        kept = {one.occurrence: (str(one.claim), one.mark) for one in tx.obligations.kept([halimah.id]).values()}
    assert kept == {"2026-10": ("done", None), "2026-11": ("not_done", None)}
    assert [(letter.key, letter.params["names"]) for letter in letters] == [
        ("obligations.staff.school_low", "Rizky (Halimah) Nov 80 %")
    ]
    assert "6311000000000002" not in "".join(chat.grep("63110000"))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("Nama Siswa;", "Siswi;"), ["school_missing_column"]),
        (("Alpa;Izin;Sakit", "Alpa;Sakit"), ["school_missing_column"] * 3),
        (("Nama Pengurus;", "Bapak;"), ["school_missing_column"]),
        (("(Hari Efektif 22)", ""), ["school_missing_column"]),
        ((";1;0;2;3;95;", ";1;0;2;3;110;"), ["school_percent"]),
        ((";1;0;2;3;95;", ";11;10;2;23;0;"), ["school_too_many"]),
        ((";1;0;2;3;95;", ";x;0;2;3;95;"), ["school_not_a_number"]),
        ((";1;0;2;3;95;", ";1;0;2;3;50;"), ["school_percent_differs"]),
        (("rizky", "Rizal"), ["school_unknown_child"]),
        (("HALIMAH", "Siti"), ["school_unknown_child"]),
        ((RIZKY, RIZKY + RIZKY), ["school_repeated"]),
        ((TITLES, "Apa;Saja\n"), ["school_no_header"]),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_nothing_is_kept(change, wrong):
    chat, _, _ = village()
    found = read_school(form(FORM.replace(*change)), "sdn1.csv")
    with chat.tx() as tx:
        months = match(tx, found)
    assert kinds(found) == wrong
    assert bool(months) is (wrong == ["school_percent_differs"])
    assert all(one.todo and (one.row or one.kind == "school_no_header") for one in found.findings)


def test_months_that_no_title_names_follow_from_the_triwulan():
    bare = FORM.replace("Oktober (", "(").replace("November (", "(").replace("Desember (", "(")
    assert [line.month for line in read_school(form(bare), "x.csv").lines] == ["2026-10", "2026-11"]
    nothing = bare.replace("Triwulan IV Tahun 2026", "")
    assert kinds(read_school(form(nothing), "x.csv")) == ["school_no_month"] * 3
    assert [line.month for line in read_school(form(nothing), "x.csv", (2027, 1)).lines] == ["2027-01", "2027-02"]


@pytest.mark.parametrize("junk", [b"", b"\x00\x01", b"%PDF-1.7 \xff", b"a;b\n1;2\n", "🙂".encode() * 50])
def test_no_file_raises(junk):
    assert not read_school(junk, "x.csv").ok
    assert not read_posyandu(junk, "x.csv", read_pattern).ok


# --- posyandu


@pytest.mark.parametrize(
    ("words", "pattern", "in_december"),
    [
        ("setiap tanggal 10", "tanggal 10", [10]),
        ("tgl 31", "tanggal 31", [31]),
        ("Selasa minggu kedua", "selasa 2", [8]),
        ("tiap Jumat terakhir", "jumat -1", [25]),
        ("senin ke-1 setiap bulan", "senin 1", [7]),
        ("kapan saja", None, []),
        ("tanggal 40", None, []),
        ("selasa ke-7", None, []),
    ],
)
def test_posyandu_days_in_words(words, pattern, in_december):
    from datetime import date

    assert read_pattern(words) == pattern
    if pattern:
        assert [day.day for day in days(pattern, date(2026, 12, 1), date(2026, 12, 31))] == in_december


def test_posyandu_of_each_desa_is_read_and_an_unknown_desa_stops_it():
    chat, _, _ = village()
    text = "sep=;\nDesa;Posyandu;Tempat;Hari\nBabayau;Melati;Balai Desa;setiap tanggal 10\n"
    found = read_posyandu(text.encode(), "p.csv", read_pattern)
    with chat.tx() as tx:
        assert [row["pattern"] for row in match_posyandu(tx, found)] == ["tanggal 10"]
    days_named = read_posyandu(
        text.replace("setiap tanggal 10", "10-12-2026, 14-01-2027").encode(), "p.csv", read_pattern
    )
    assert [line.pattern for line in days_named.lines] == ["2026-12-10,2027-01-14"]
    for wrong, kind in (("Babayau", "posyandu_unknown_desa"), ("setiap tanggal 10", "posyandu_day")):
        broken = read_posyandu(text.replace(wrong, "Entah").encode(), "p.csv", read_pattern)
        with chat.tx() as tx:
            assert match_posyandu(tx, broken) == []
        assert [one.kind for one in broken.findings] == [kind]
