"""Can times be proposed, counted and picked on a page, and the same day of every month be kept and ended?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from data.records import Meeting
from data.rhythms import Rhythm
from tests.support.pages import Site, Visitor, served
from tests.support.village import SATURDAY


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        running.at(SATURDAY - timedelta(days=5))
        yield running


@pytest.fixture
async def budi(site: Site) -> Visitor:
    return await site.signed_in(site.village.budi)


async def test_times_are_shown_asked_counted_and_one_becomes_a_meeting(site: Site, budi: Visitor):
    village = site.village
    page = (await budi.get(f"/dasbor/jadwal/usul?kelompok={village.melati1}")).text
    assert "Usul waktu Melati 1" in page
    times = {"tanggal1": "2026-11-28", "mulai1": "09:00", "tanggal2": "2026-11-29", "mulai2": "14:00"}
    sent = {"kelompok": str(village.melati1), **times}
    shown = (await budi.post("/dasbor/jadwal/usul/lihat", sent, form=True)).text
    for words in ("1. Sabtu 28 November 09.00 WITA", "2. Minggu 29 November 14.00 WITA", "3 dari 4 keluarga"):
        assert words in shown, words
    assert site.store.run(lambda tx: tx.proposals.open_for(village.melati1)) is None
    wrong = [{"tanggal2": "2026-11-28", "mulai2": "09:00"}, {"tanggal1": "2026-11-01"}, {"mulai2": ""}]
    for fields in wrong:
        for where in ("lihat", "kirim"):
            assert 'role="alert"' in (await budi.post(f"/dasbor/jadwal/usul/{where}", sent | fields, form=True)).text
    dewi = await site.signed_in(village.dewi)
    assert (await dewi.post("/dasbor/jadwal/usul/kirim", sent, form=True)).status == 404
    assert (await budi.post("/dasbor/jadwal/usul/kirim", sent, form=True, csrf="x")).status == 403
    for _ in range(2):
        done = await budi.post("/dasbor/jadwal/usul/kirim", sent, form=True)
        assert done.headers["location"] == f"/dasbor/jadwal/usul?kelompok={village.melati1}&dikirim=3"
    one = site.store.run(lambda tx: tx.proposals.open_for(village.melati1))
    assert one is not None
    site.store.run(lambda tx: tx.proposals.vote(one.id, [village.kpms["Siti"], village.kpms["Wati"]], 2))
    assert "2 dari 3 keluarga" in (await budi.get(f"/dasbor/jadwal/usul?kelompok={village.melati1}&dikirim=3")).text
    assert "2 dari 3 keluarga sudah memilih" in (await budi.get("/dasbor/jadwal")).text
    assert (await budi.post(f"/dasbor/jadwal/usul/{one.id}/pilih", {"waktu": "3"}, form=True)).status == 400
    picked = await budi.post(f"/dasbor/jadwal/usul/{one.id}/pilih", {"waktu": "2"}, form=True)
    form = (await budi.get(picked.headers["location"])).text
    for words in ('value="2026-11-29"', 'value="14:00"', f'name="k:{village.melati1}" value="ya" checked'):
        assert words in form, words
    assert (await budi.post(f"/dasbor/jadwal/usul/{one.id}/pilih", {"waktu": "2"}, form=True)).status == 409


async def test_the_same_day_of_every_month_is_kept_shown_and_ended(site: Site, budi: Visitor):
    village = site.village
    await budi.get("/dasbor/jadwal/baru")
    second = {"tanggal": "2026-12-12", "mulai": "09:00", "tempat": "Balai Desa", "sesi": "P2", "ulang": "ke"}
    sent = {f"k:{village.melati1}": "ya", **second}
    shown = (await budi.post("/dasbor/jadwal/lihat", sent, form=True)).text
    assert "Tiap bulan Sabtu kedua: bulan berikutnya diusulkan dulu" in shown
    for wrong in ({f"k:{village.melati2}": "ya"}, {"tanggal": "2026-11-29"}, {"ulang": "akhir"}, {"ulang": "x"}):
        answer = await budi.post("/dasbor/jadwal/kirim", sent | wrong, form=True)
        assert 'role="alert"' in answer.text, wrong
    await budi.post("/dasbor/jadwal/kirim", sent, form=True)

    def kept() -> tuple[Rhythm | None, list[Meeting]]:
        since = SATURDAY - timedelta(days=9)
        meetings = site.store.run(
            lambda tx: tx.meetings.of_kelompok([village.melati1], since, since.replace(year=2027))
        )
        return site.store.run(lambda tx: tx.rhythms.get(village.melati1)), meetings

    found, meetings = kept()
    assert found == Rhythm(village.melati1, village.budi, 2, 5, "09:00", "11:00", "Balai Desa", "2026-12")
    assert len(meetings) == 1
    page = (await budi.get("/dasbor/jadwal")).text
    for words in ("Melati 1: Sabtu kedua 09.00", "berikutnya Sabtu 9 Jan 09.00 WITA", "tanggal=2027-01-09"):
        assert words in page, words
    dewi = await site.signed_in(village.dewi)
    end = f"/dasbor/jadwal/ulang/{village.melati1}/berhenti"
    assert (await dewi.post(end, form=True)).status == 404
    assert "Sabtu kedua" not in (await dewi.get("/dasbor/jadwal")).text
    assert (await budi.post(end, form=True)).status == 303
    assert kept()[0] is None
    last = {**sent, "tanggal": "2026-11-28", "ulang": "akhir"}
    assert "Tiap bulan Sabtu terakhir" in (await budi.post("/dasbor/jadwal/lihat", last, form=True)).text
