"""LAPORAN on a page: is it filled, finished and opened like in the chat, and only by whom it belongs to?"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import aiohttp
import pytest
from PIL import Image

from bot.dashboard import parcels
from bot.exports.pictures import place, small
from data.records import Mark
from tests.pages.test_documents import taken
from tests.support.pages import Answer, Site, Visitor, served
from tests.support.papers import text
from tests.support.village import SATURDAY

SCRIPT = "<script>alert(1)</script>"
HERE = (2 + 19 / 60 + 52.32 / 3600, 115 + 27 / 60 + 48.24 / 3600)


def taken_by_a_phone(*, located: bool = True, size: tuple[int, int] = (1600, 900)) -> bytes:
    exif = Image.Exif()
    if located:
        exif.get_ifd(0x8825).update({1: "S", 2: (2.0, 19.0, 52.32), 3: "E", 4: (115.0, 27.0, 48.24)})
    out = io.BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        yield running


async def upload(visitor: Visitor, path: str, *files: bytes, csrf: str | None = None) -> Answer:
    form = aiohttp.FormData({"csrf": visitor.csrf if csrf is None else csrf})
    for file in files:
        form.add_field("foto", file, filename="IMG.jpg", content_type="image/jpeg")
    async with visitor.http.post(visitor.base + path, data=form, allow_redirects=False) as answer:
        return Answer(answer.status, await answer.text(), answer.headers)


def held(site: Site) -> str:
    meeting, village = site.meeting(), site.village
    marks = {village.kpms["Siti"]: Mark.PRESENT, village.kpms["Wati"]: Mark.SICK}
    site.store.run(lambda tx: tx.attendance.mark_all(meeting, village.melati1, marks, village.budi))
    return f"/dasbor/kelompok/{village.melati1}/pertemuan/{meeting.id}/laporan"


def report(site: Site, here: str):
    _, _, _, kelompok, _, meeting, _ = here.split("/")
    return site.store.run(lambda tx: tx.reports.get(int(meeting), int(kelompok)))


FILLED: Mapping[str, str] = {
    "pemateri": f"Bidan Ani {SCRIPT}",
    "tempat": "kurang",
    "kurang:4": "ya",
    "hambatan": "Hujan, NIK 6311 0123 4567 8901 disebut",
    "tindak_lanjut": "=HYPERLINK(1) undang\x00 bidan",
}


async def test_from_the_first_photo_to_the_finished_paper_and_open_again(site: Site):
    here = held(site)
    budi = await site.signed_in(site.village.budi)
    assert f'href="{here}"' in (await budi.get(here.removesuffix("/laporan"))).text
    page = await budi.get(here)
    assert "Belum dimulai" in page.text
    assert "pemateri, hasil, periksa tempat, hambatan, tindak lanjut, foto" in page.text
    assert "geolocation=(self)" in page.headers["Permissions-Policy"]
    assert report(site, here) is None

    assert (await upload(budi, f"{here}/foto", taken_by_a_phone(), taken_by_a_phone(located=False))).status == 303
    told = report(site, here)
    assert told.location == f"{-HERE[0]:.6f},{HERE[1]:.6f}"
    page = await budi.get(f"{here}?tersimpan=foto")
    assert "2 dari paling banyak 6" in page.text
    (first, second) = site.store.run(lambda tx: [p.id for p in tx.reports.photos(told.meeting_id, told.kelompok_id)])
    async with budi.http.get(f"{budi.base}{here}/foto/{first}") as answer:
        kept = await answer.read()
        assert answer.content_type == "image/jpeg"
    assert Image.open(io.BytesIO(kept)).size == (1280, 720)
    assert place(kept) is None
    assert (await budi.post(f"{here}/foto/{second}/hapus", form=True)).status == 303
    assert (await budi.get(f"{here}/foto/{second}")).status == 404

    assert (await budi.post(f"{here}/simpan", {**FILLED, "aksi": "konsep"}, form=True)).status == 303
    page = await budi.get(here)
    assert SCRIPT not in page.text
    assert "Belum tercatat: hasil." in page.text
    told = report(site, here)
    assert (told.venue, told.finished, told.obstacles) == ([4], False, "Hujan, NIK [nomor 16 angka dihapus] disebut")
    assert "115.463400" in text((await taken(budi, f"{here}.pdf"))[1])
    finished = await budi.post(f"{here}/simpan", {**FILLED, "aksi": "selesai", "lokasi": "-2.1,115.2"}, form=True)
    assert finished.headers["location"].endswith("tersimpan=selesai")
    told = report(site, here)
    assert (told.finished, told.location) == (True, None)
    name, paper = await taken(budi, f"{here}.pdf")
    assert "konsep" not in name
    assert "115.4" not in text(paper)
    assert "tempat belum: jauh dari bising" in (await budi.get(here)).text

    for path, sent in ((f"{here}/simpan", FILLED), (f"{here}/foto/{first}/hapus", {})):
        assert (await budi.post(path, sent, form=True)).status == 409
    assert (await upload(budi, f"{here}/foto", taken_by_a_phone())).status == 409
    assert (await budi.post(f"{here}/ubah", form=True)).status == 303
    assert not report(site, here).finished
    acts = site.store.run(
        lambda tx: [c.act for c in tx.audit.of(f"meeting:{told.meeting_id}:kelompok:{told.kelompok_id}")]
    )
    assert [a for a in acts if a in {"report.finished", "report.opened"}] == ["report.finished", "report.opened"]
    month = (await budi.get("/dasbor/laporan?waktu=2026-11")).text
    assert "0 selesai dari 1 pertemuan" in month
    assert "1 foto" in month


async def test_what_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch):
    here, village = held(site), site.village
    budi, dewi, ratna = [await site.signed_in(one) for one in (village.budi, village.dewi, village.ratna)]
    await budi.get(here)
    photo = taken_by_a_phone(size=(40, 30))
    for visitor, status in ((dewi, 404), (ratna, 403)):
        assert (await visitor.get(here)).status == status
        assert (await visitor.post(f"{here}/simpan", FILLED, form=True)).status == status
        assert (await upload(visitor, f"{here}/foto", photo)).status == status
    assert (await upload(budi, f"{here}/foto", photo, csrf="x")).status == 403
    assert (await budi.post(f"{here}/foto", {"file:foto": ["x"]})).status == 422
    answer = await upload(budi, f"{here}/foto", b"<svg onload=alert(1)>")
    assert (answer.status, "bukan foto" in answer.text) == (422, True)
    for wrong, words in (({"tempat": "semua"}, "bukan keduanya"), ({"kurang:4": ""}, "centang hal yang")):
        answer = await budi.post(f"{here}/simpan", {**FILLED, **wrong}, form=True)
        assert answer.status == 422
        assert words in answer.text
        assert "Hujan, NIK" in answer.text
    assert report(site, here) is None

    answer = await upload(budi, f"{here}/foto", *[photo] * 4)
    answer = await upload(budi, f"{here}/foto", *[photo] * 4)
    assert "2 dari 4 foto tersimpan" in answer.text
    assert (await upload(budi, f"{here}/foto", *[photo] * 7)).status == 400
    monkeypatch.setattr(parcels, "LARGEST", 300)
    assert (await upload(budi, f"{here}/foto", photo)).status == 413
    later = site.meeting(site.village.melati2, starts=SATURDAY + timedelta(days=1))
    early = f"/dasbor/kelompok/{village.melati2}/pertemuan/{later.id}/laporan"
    assert (await budi.get(early)).status == 409


def test_where_a_photo_was_taken():
    assert place(taken_by_a_phone()) == "-2.331200,115.463400"
    assert place(taken_by_a_phone(located=False)) is None
    assert place(b"no photo") is None
    assert place(small(taken_by_a_phone()) or b"") is None


async def test_the_koordinator_sees_which_reports_are_missing(site: Site):
    here, village = held(site), site.village
    other, marks = site.meeting(village.anggrek1, by=village.dewi), {village.kpms["Nur"]: Mark.PRESENT}
    site.store.run(lambda tx: tx.attendance.mark_all(other, village.anggrek1, marks, village.dewi))
    ratna = await site.signed_in(village.ratna)
    page = (await ratna.get("/dasbor/belum-lapor?waktu=2026-11")).text
    assert "<b>0 dari 0</b>" in page, "the meeting goes on"
    site.at(SATURDAY + timedelta(hours=3))
    page = (await ratna.get("/dasbor/belum-lapor?waktu=2026-T4")).text
    assert "<b>0 dari 2</b>" in page
    assert page.index("Melati 1") < page.index("Anggrek 1"), "by desa and name"
    budi = await site.signed_in(village.budi)
    await budi.get(here)
    await budi.post(f"{here}/simpan", {**FILLED, "aksi": "selesai"}, form=True)
    page = (await ratna.get("/dasbor/belum-lapor?waktu=2026-11")).text
    assert "<b>1 dari 2</b>" in page
    assert "Melati 1" not in page
    assert "Bu Dewi" in page
    mine = (await ratna.get("/dasbor/belum-lapor?waktu=2026-11&pendamping=Pak+Budi")).text
    assert "<b>1 dari 1</b>" in mine
    assert (await ratna.get("/dasbor/belum-lapor?desa=999")).status == 404
