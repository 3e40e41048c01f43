"""Can a pendamping verify obligations and decide levels on her pages, as in the chat, and only for her own?"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from data.obligations import Claim, Item
from data.records import Mark
from data.store import Tx
from tests.pages.test_figures import lives
from tests.support.pages import Site, Visitor, served
from tests.support.quizzing import play
from tests.support.village import SATURDAY

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        running.store.run(lambda tx: lives(tx, running.village))
        yield running


@pytest.fixture
async def budi(site: Site) -> Visitor:
    return await site.signed_in(site.village.budi)


def marks(site: Site) -> dict[tuple[str, str], tuple[str, str | None]]:
    kept = site.store.run(lambda tx: tx.obligations.kept([site.village.kpms["Siti"]]))
    return {name[1:]: (one.mark.value, one.proof) for name, one in kept.items() if one.mark}


async def test_the_list_of_the_quarter_is_verified_one_by_one(site: Site, budi: Visitor):
    village = site.village
    page = (await budi.get("/dasbor/kewajiban")).text
    assert "Kewajiban Melati 1" in page
    assert "Anak Siti" in page
    assert "Anak Nur" not in page
    assert "dilaporkan keluarga" in page
    assert "checked" not in page
    (path,) = re.findall(r'action="(/dasbor/kewajiban/\d+/\d+)"', page)[:1]
    sent = {"waktu": "2026-T4", "bentuk": "kesehatan", "t:PSY/2026-10": "done", "bukti": f"buku {SCRIPT}"}
    answer = await budi.post(path, sent, form=True)
    assert answer.status == 303
    assert "tersimpan=1" in answer.headers["location"]
    assert marks(site) == {("PSY", "2026-11"): ("done", "KMS"), ("PSY", "2026-10"): ("done", f"buku {SCRIPT}"[:60])}
    again = (await budi.get(answer.headers["location"].partition("#")[0])).text
    assert "Tersimpan: 1 hal berubah" in again
    assert SCRIPT not in again
    assert "tersimpan=0" in (await budi.post(path, sent, form=True)).headers["location"]
    await budi.post(path, {**sent, "t:PSY/2026-10": "", "t:PSY/2026-11": "not_done", "bukti": ""}, form=True)
    assert marks(site) == {("PSY", "2026-11"): ("not_done", None)}
    changes = site.store.run(lambda tx: tx.audit.of(f"member:{path.rpartition('/')[2]}:PSY:2026-10"))
    assert (changes[0].act, changes[0].actor) == ("obligation.mark", f"staff:{village.budi}")
    family = (await budi.get(f"/dasbor/keluarga/{village.kpms['Siti']}")).text
    for words in ("Kewajiban setahun ini", "Pertemuan dan kuis: setuju menerima", "Bahasa Indonesia"):
        assert words in family, words


async def test_what_is_refused(site: Site, budi: Visitor):
    village = site.village
    page = (await budi.get("/dasbor/kewajiban?waktu=2026-T4")).text
    path = re.findall(r'action="(/dasbor/kewajiban/\d+/\d+)"', page)[0]
    fine = {"waktu": "2026-T4", "bentuk": "kesehatan", "t:PSY/2026-10": "done"}
    before = marks(site)
    for wrong, status in (({"t:PSY/2026-10": "x"}, 400), ({"waktu": "x"}, 404), ({"bentuk": "x"}, 404)):
        assert (await budi.post(path, {**fine, **wrong}, form=True)).status == status
    assert (await budi.post(path, fine, form=True, csrf="x")).status == 403
    assert (await budi.post(f"/dasbor/kewajiban/{village.melati1}/99", fine, form=True)).status == 404
    dewi = await site.signed_in(village.dewi)
    assert (await dewi.post(path, fine, form=True)).status == 404
    for here in (f"kewajiban?kelompok={village.melati1}", f"kuis?kelompok={village.melati1}", "kuis?kelompok=x"):
        assert (await dewi.get(f"/dasbor/{here}")).status == 404
    assert "Siti" not in (await dewi.get("/dasbor/kewajiban")).text
    assert marks(site) == before


async def test_levels_are_proposed_never_filled_in_and_decided(site: Site, budi: Visitor):
    village = site.village
    held = site.meeting(starts=SATURDAY - timedelta(days=1))

    def live(tx: Tx) -> None:
        play(tx, village)
        marks = {village.kpms[name]: Mark.PRESENT for name in ("Siti", "Wati", "Aminah")}
        tx.attendance.mark_all(held, village.melati1, marks, village.budi)

    site.store.run(live)
    page = (await budi.get("/dasbor/kuis")).text
    assert "3 dari 4 keluarga menjawab" in page
    for words in ("3 dari 3 benar · usul: sangat baik", "0 dari 3 benar · usul: kurang", "tidak tercatat hadir"):
        assert words in page, words
    assert "checked" not in page
    siti, wati, jumiati = (village.kpms[name] for name in ("Siti", "Wati", "Jumiati"))
    path = f"/dasbor/kuis/{village.melati1}/{held.id}/paham"
    answer = await budi.post(path, {f"f:{siti}": "baik", f"f:{wati}": "kurang"}, form=True)
    assert answer.headers["location"].endswith("tersimpan=2")
    assert site.store.run(lambda tx: (tx.quiz.level(held.id, siti), tx.quiz.level(held.id, wati))) == ("baik", "kurang")
    after = (await budi.get("/dasbor/kuis")).text
    assert "tercatat <b>baik</b>" in after
    assert "checked" not in after
    for wrong in ({f"f:{siti}": "hebat"}, {f"f:{jumiati}": "baik"}, {"f:x": "baik"}):
        assert (await budi.post(path, wrong, form=True)).status == 400
    dewi = await site.signed_in(village.dewi)
    assert (await dewi.post(path, {f"f:{siti}": "kurang"}, form=True)).status == 404


async def test_what_families_have_not_done_stands_on_the_round_once(site: Site, budi: Visitor):
    siti, jumiati = site.village.kpms["Siti"], site.village.kpms["Jumiati"]

    def live(tx: Tx) -> None:
        (baby,) = tx.obligations.members([siti])[siti]
        for month in ("2026-09", "2026-10"):
            tx.obligations.claim(Item(siti, baby.id, "PSY_B", "PSY", month), Claim.NOT_DONE, "x", reason="kerja")

    site.store.run(live)
    text = (await budi.get("/dasbor/tindak-lanjut")).text
    assert "Kewajiban belum: timbang dan ukur Anak Siti" in text
    assert text.count("Kewajiban belum") == 1
    assert text.index(f"keluarga/{jumiati}") < text.index(f"keluarga/{siti}")
