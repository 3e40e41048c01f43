"""VERKOM works like ABSEN: a numbered list, marks with exceptions, shown back, saved by SELESAI."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bot.exports.verkom import coverage_rows, verkom_pdf, verkom_sheet
from bot.exports.verkom.tables import tables
from data.obligations import Claim, Item, SchoolMonth
from handlers.obligations.collecting import Verkom, collect
from handlers.obligations.school import keep
from handlers.rules.verkom import Quarter
from tests.support.chat import Chat, Someone


@pytest.fixture
def village() -> tuple[Chat, Someone, Someone]:
    chat = Chat("2026-11-23 10:00")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti")
    chat.agrees(siti)
    chat.member(siti, "Hafiz", born="2026-03-20", next_on="2027-01-01")
    wati = chat.kpm("Wati")
    chat.member(wati, "Wati", "ibu_hamil", hpl="2027-04-12", next_on="2027-01-01")
    halimah = chat.kpm("Halimah", phone=None)
    chat.member(halimah, "Rizky", "sekolah", born="2017-10-09", level="SD", next_on="2027-01-01")
    chat.member(halimah, "Jamhari", "lansia", born="1954-06-10", next_on="2027-01-01")
    return chat, budi, siti


def marks(chat: Chat) -> dict[tuple[str, str], tuple[str, str | None]]:
    with chat.tx() as tx:
        every = tx.obligations.kept([1, 2, 3])
    return {(series, key): (str(one.mark), one.proof) for (_, series, key), one in every.items() if one.mark}


def test_from_the_overview_to_saved_marks(village):
    chat, budi, siti = village
    siti.says("KEWAJIBAN").says("sudah").hears("obligations.done")
    budi.says("VERKOM Melati 3").hears("obligations.verkom.overview")
    budi.showing("Kesehatan: sudah 0, dilaporkan 2, belum 0, belum diketahui 3 dari 5")
    budi.showing(
        "Kesejahteraan: sudah 0, dilaporkan 0, belum 0, belum diketahui 1 dari 1",
        "P2K2: hadir 0, tidak hadir 0, belum diketahui 0 dari 0",
    )
    budi.taps("Kesehatan").hears("obligations.verkom.open").showing("1. Hafiz (Siti), 8 bln: dilaporkan 2", "2. Wati:")
    budi.hears("obligations.verkom.how")
    budi.says("semua sudah kecuali 2 belum; bukti KMS").hears("obligations.verkom.proposal")
    budi.showing("Sudah 1, belum 1.", "1 belum: Wati.", "keluarga belum memberi kabar: Hafiz (Siti).", "Bukti: KMS.")
    assert marks(chat) == {}
    budi.taps("SELESAI").hears("obligations.verkom.saved", count="5")
    assert marks(chat)["PSY", "2026-11"] == ("done", "KMS")
    assert marks(chat)["ANC_T2", "2"] == ("not_done", None) or marks(chat)["ANC_T2", "2"][0] == "not_done"
    budi.says("VERKOM Melati 3").hears("obligations.verkom.overview").showing("sudah 3, dilaporkan 0, belum 2")
    siti.says("kewajiban").hears("obligations.list").showing("sudah dicocokkan")


def test_one_by_one_and_by_name(village):
    chat, budi, _ = village
    budi.says("VERKOM Melati 3; Hafiz").hears("obligations.verkom.open").hears("obligations.verkom.how")
    budi.says("2 sudah, 3 tidak perlu").hears("obligations.verkom.proposal").says("selesai")
    budi.hears("obligations.verkom.saved", count="2")
    assert {key: mark for key, (mark, _) in marks(chat).items()} == {
        ("PSY", "2026-10"): "done",
        ("PSY", "2026-11"): "not_applicable",
    }
    budi.says("VERKOM Melati 3; kesejahteraan").hears("obligations.verkom.open").hears("obligations.verkom.how")
    budi.says("entah").hears("obligations.verkom.unclear")
    budi.says("selesai").hears("obligations.verkom.nothing")
    budi.says("Jamhari sudah").hears("obligations.verkom.proposal").says("batal").hears("obligations.verkom.dropped")
    assert len(marks(chat)) == 2


def test_the_last_quarter_and_what_does_not_exist(village):
    _, budi, _ = village
    budi.says("VERKOM Melati 3; pendidikan; tw3").hears("obligations.verkom.open", quarter="triwulan 3 2026")
    budi.says("VERKOM Melati 3; xyz").hears("obligations.verkom.empty")


def test_the_koordinator_gets_numbers_and_no_names(village):
    chat, _, _ = village
    ratna = chat.koordinator("Bu Ratna")
    ratna.says("VERKOM").hears("obligations.verkom.coverage").hiding("Hafiz", "Wati", "Siti")
    ratna.showing("Kesehatan: sudah 0, dilaporkan 0, belum 0, belum diketahui 5 dari 5", "dari <5")


def found(chat: Chat) -> Verkom:
    with chat.tx() as tx:
        return collect(tx, tx.people.every_kelompok(), Quarter(2026, 4), date(2026, 11, 23))


def test_on_paper_and_in_a_spreadsheet_there_is_no_number_of_anybody(village):
    chat, _, siti = village
    book = load_workbook(BytesIO(verkom_sheet(found(chat))))
    assert book.sheetnames == ["Kesehatan", "Pendidikan", "Kehadiran Sekolah", "Kesejahteraan Sosial", "P2K2"]
    rows = [[cell.value for cell in row] for row in book["Kesehatan"].iter_rows(min_row=4)]
    assert rows[1][:9] == [1, "Siti", "Hafiz", "8 bln", 3, 0, 0, 0, 3]
    assert rows[3][1] == "Jumlah"
    assert str(book["Kesehatan"].page_setup.paperSize) == "9"
    assert siti.address is not None
    assert not any(
        siti.address.value in str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    )
    paper = verkom_pdf(found(chat))
    assert paper.startswith(b"%PDF")
    assert paper.rstrip().endswith(b"%%EOF")
    assert coverage_rows(found(chat), "desa") == [
        ["Babayau", "Kesehatan", "5", "0", "0", "0", "5"],
        ["Babayau", "Pendidikan", "<5", "0", "0", "0", "<5"],
        ["Babayau", "Kesejahteraan Sosial", "<5", "0", "0", "0", "<5"],
    ]


def test_three_months_of_school_stand_side_by_side_and_what_pkh_judges_by_stands_beside_the_visits(village):
    chat, _, _ = village
    with chat.tx() as tx:
        mine = [m for members in tx.obligations.members([2, 3]).values() for m in members]
        keep(
            tx,
            [
                SchoolMonth(mine[1].id, "2026-10", "SDN 1", 22, 1, 0, 2),
                SchoolMonth(mine[1].id, "2026-11", "SDN 1", 20, 4, 0, 0),
            ],
        )
        for visit in ("1", "2"):
            item = Item(mine[0].kpm_id, mine[0].id, f"ANC_T{visit}", f"ANC_T{visit}", visit)
            tx.obligations.claim(item, Claim.DONE, "address:1")
    school, health = (
        next(t.rows for t in tables(found(chat)) if t.name == name) for name in ("Kehadiran Sekolah", "Kesehatan")
    )
    assert school == [[1, "Halimah", "Rizky", "SDN 1", 22, 1, 0, 2, 95, 20, 4, 0, 0, "80*", "", "", "", "", ""]]
    assert "periksa kehamilan 2 dari 4 yang dinilai" in [row[-1] for row in health]


def test_a_small_number_of_families_at_a_meeting_is_hidden_above_the_pendamping(village):
    chat, budi, _ = village
    chat.meeting("Melati 3", starts="2026-11-23 13:00", announced="now")
    chat.at("2026-11-23 15:30")
    budi.says("ABSEN Melati 3").says("hadir semua kecuali Wati alpa").says("selesai")
    budi.says("VERKOM Melati 3").looks().showing("P2K2: hadir 2, tidak hadir 1, belum diketahui 0 dari 3")
    ratna = chat.koordinator("Bu Ratna")
    ratna.says("VERKOM").hears("obligations.verkom.coverage").showing("P2K2: hadir <5, tidak hadir <5")
    assert ["Babayau", "P2K2", "<5", "0", "<5", "<5", "0"] in coverage_rows(found(chat), "desa")
