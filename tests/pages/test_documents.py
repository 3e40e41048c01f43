"""Papers from the page: the right ones, readable, and never of somebody else's kelompok."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from data.records import Mark, Role
from tests.pages.test_figures import lives
from tests.support.pages import Site, Visitor, served
from tests.support.papers import text


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        yield running


async def taken(visitor: Visitor, path: str, **form: str) -> tuple[str, bytes]:
    """The name and the content of a file."""
    sent = {**form, "csrf": visitor.csrf} if form else None
    verb = "POST" if form else "GET"
    async with visitor.http.request(verb, visitor.base + path, allow_redirects=False, data=sent) as answer:
        assert answer.status == 200, path
        assert answer.headers["Cache-Control"] == "no-store"
        name = unquote(answer.headers["Content-Disposition"].rsplit("''", 1)[1])
        return name, await answer.read()


async def test_every_paper_of_a_meeting(site: Site):
    meeting, village = site.meeting(), site.village
    kpm = min(village.kpms.values())
    site.store.run(lambda tx: tx.attendance.mark_all(meeting, village.melati1, {kpm: Mark.PRESENT}, village.budi))
    budi = await site.signed_in(village.budi)
    here = f"/dasbor/kelompok/{village.melati1}/pertemuan/{meeting.id}"
    page = (await budi.get(here)).text
    for name in ("daftar-hadir.pdf", "daftar-hadir-kosong.pdf", "laporan.pdf", "siks.xlsx", "surat.pdf"):
        assert f"{here}/{name}" in page
    name, filled = await taken(budi, f"{here}/daftar-hadir.pdf")
    assert name.startswith("Daftar Hadir P2K2 Melati 1")
    assert "Hadir 1, izin 0" in text(filled)
    assert "Kehadiran" not in text((await taken(budi, f"{here}/daftar-hadir-kosong.pdf"))[1])
    assert "LAPORAN KEGIATAN P2K2 (KONSEP)" in text((await taken(budi, f"{here}/laporan.pdf"))[1])
    book = load_workbook(io.BytesIO((await taken(budi, f"{here}/siks.xlsx"))[1]))
    assert book.sheetnames == ["Kegiatan", "Peserta"]
    for _ in range(2):
        assert "LIKE-PKH/P2K2/001/" in text((await taken(budi, f"{here}/surat.pdf", kirim="ya"))[1])
    assert (await budi.post(f"{here}/surat.pdf", {"x": "y"}, csrf="wrong", form=True)).status == 403


async def test_papers_of_others_are_not_there(site: Site):
    meeting, village = site.meeting(), site.village
    dewi = await site.signed_in(village.dewi)
    here = f"/dasbor/kelompok/{village.melati1}/pertemuan/{meeting.id}"
    for name in ("daftar-hadir.pdf", "laporan.pdf", "siks.xlsx"):
        assert (await dewi.get(f"{here}/{name}")).status == 404
    assert (await dewi.post(f"{here}/surat.pdf", {"x": "y"}, form=True)).status == 404
    assert site.store.run(lambda tx: tx.letters.register()) == []
    assert (await dewi.get("/dasbor/rekap.xlsx")).status in {403, 404}


async def test_the_recap_of_a_koordinator(site: Site):
    site.meeting()
    ratna = await site.signed_in(site.village.ratna)
    assert "/dasbor/rekap.xlsx?waktu=" in (await ratna.get("/dasbor/ringkasan")).text
    name, content = await taken(ratna, "/dasbor/rekap.xlsx?waktu=2026-11")
    assert name == "Rekap P2K2 2026-11.xlsx"
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=3, values_only=True))
    assert rows[0][:3] == ("Desa", "Kelompok", "Pendamping")
    assert rows[-1][0] == "Jumlah"


async def test_the_list_of_verkom_and_the_evidence(site: Site):
    village = site.village
    site.store.run(lambda tx: lives(tx, village))
    budi, ratna = await site.signed_in(village.budi), await site.signed_in(village.ratna)
    assert "/dasbor/kewajiban/verkom.pdf?kelompok=" in (await budi.get("/dasbor/kewajiban")).text
    mine = f"?kelompok={village.melati1}&waktu=2026-T4"
    name, paper = await taken(budi, f"/dasbor/kewajiban/verkom.pdf{mine}")
    assert name == "Verkom Melati 1 Babayau triwulan 4 2026.pdf"
    assert "Anak Siti" in text(paper)
    book = load_workbook(io.BytesIO((await taken(budi, f"/dasbor/kewajiban/verkom.xlsx{mine}"))[1]))
    assert {"Kesehatan", "Pendidikan", "Kesejahteraan Sosial", "P2K2"} <= set(book.sheetnames)
    dewi = await site.signed_in(village.dewi)
    assert (await dewi.get(f"/dasbor/kewajiban/verkom.pdf{mine}")).status == 404
    assert (await budi.get(f"/dasbor/kewajiban/verkom.exe{mine}")).status == 404

    assert "/dasbor/bukti-inovasi.pdf" in (await ratna.get("/dasbor/ringkasan")).text
    name, paper = await taken(ratna, "/dasbor/bukti-inovasi.pdf?waktu=2026-11")
    assert name == "Bukti Inovasi LIKE-PKH Balangan 2026.pdf"
    assert "Jumlah 2026 (keluarga berbeda)" in text(paper)
    book = load_workbook(io.BytesIO((await taken(ratna, "/dasbor/bukti-inovasi.xlsx"))[1]))
    assert "Pengguna" in book.sheetnames

    def hire(tx):
        place = tx.people.kelompok(village.melati1)
        return tx.people.add_staff("Pak Desa", Role.KOORDINATOR, None, "desa", place.desa_id)

    of_a_desa = await site.signed_in(site.store.run(hire))
    assert "bukti-inovasi" not in (await of_a_desa.get("/dasbor/ringkasan")).text
    assert (await of_a_desa.get("/dasbor/bukti-inovasi.pdf")).status == 404
