"""Does a koordinator see quizzes, practices and obligations at every level, with denominators and without persons?"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from bot.dashboard import achieved
from data.obligations import Claim, Item
from data.overview import Where
from data.schema import practice
from data.store import Tx
from handlers import figures, timetable
from handlers.quiz.results import result_rows
from tests.support.pages import Site, Visitor, served
from tests.support.quizzing import play
from tests.support.village import SATURDAY, Village


@pytest.fixture
async def site(database) -> AsyncIterator[Site]:
    async with served(database) as running:
        held = running.meeting()

        def live(tx: Tx) -> None:
            play(tx, running.village)
            lives(tx, running.village)
            for name, answer in (("Siti", "done"), ("Wati", "not_yet"), ("Aminah", None)):
                who = {"meeting_id": held.id, "kpm_id": running.village.kpms[name], "answer": answer}
                more = {"kind": "practice", "state": "closed", "due": tx.now, "told": tx.now, "expires": tx.now}
                group = {"kelompok_id": running.village.melati1, "session": "P2"}
                tx.conn.execute(insert(practice), {**who, **more, **group})

        running.store.run(live)
        yield running


def lives(tx: Tx, village: Village) -> None:
    """A baby with Siti and one with Nur, a grandmother with Halimah; of Siti's one thing is verified, one said."""
    ids = [
        tx.obligations.add_member(
            village.kpms[name], name=f"Anak {name}", relation="anak", component=component, born=born
        )
        for name, component, born in (
            ("Siti", "anak_usia_dini", date(2026, 3, 20)),
            ("Nur", "anak_usia_dini", date(2026, 3, 20)),
            ("Halimah", "lansia", date(1950, 1, 1)),
        )
    ]
    item = Item(village.kpms["Siti"], ids[0], "PSY_B", "PSY", "2026-11")
    tx.obligations.mark(item, Claim.DONE, village.budi, "KMS")
    tx.obligations.claim(Item(village.kpms["Siti"], ids[0], "PSY_B", "PSY", "2026-10"), Claim.DONE, "x")


def cells(text: str, section: str, name: str) -> list[str]:
    table = text[text.index(f'<h2 id="{section}"') :]
    found = re.search(rf'<th scope="row">(?:<a [^>]+>)?{re.escape(name)}(?:</a>)?</th>(.*?)</tr>', table, re.DOTALL)
    assert found is not None, name
    return [
        " ".join(re.sub(r"<[^>]+>", " ", c).split()) for c in re.findall(r"<td[^>]*>(.*?)</td>", found[1], re.DOTALL)
    ]


async def test_quizzes_and_practices_at_every_level(site: Site):
    ratna: Visitor = await site.signed_in(site.village.ratna)
    page = (await ratna.get("/dasbor/capaian")).text
    assert "angka per Sabtu 28 Nov 09.05 WITA" in page
    assert cells(page, "kuis", "Batumandi")[:4] == ["5 dari 6", "5 dari 6", "5 dari 7", "73%"]
    assert cells(page, "kuis", "Jumlah")[5] == "1 dari 2"
    rows = site.store.run(lambda tx: result_rows(tx, {"": [site.village.melati1, site.village.melati2]}, "P2", least=5))
    assert f"{rows[0]['mean_score']:.0%}" == "73%"
    desa = site.store.run(lambda tx: tx.people.kelompok(site.village.melati1).desa_id)
    budis = (await ratna.get(f"/dasbor/capaian?desa={desa}&pendamping=Pak+Budi")).text
    assert cells(budis, "kuis", "Melati 1")[:5] == ["3 dari 4", "3 dari 4", "3 dari 4", "kurang dari 5 keluarga", "–"]
    assert cells(budis, "kuis", "Jumlah")[:4] == ["5 dari 6", "5 dari 6", "5 dari 6", "73%"]
    assert "Anggrek" not in budis
    across = (await ratna.get("/dasbor/capaian?pendamping=Pak+Budi")).text
    assert cells(across, "kuis", "Jumlah")[3] == "…", "a sum across the levels could betray what they hide"
    assert cells(across, "kesehatan", "Jumlah")[0] in {"…", "&lt;5"}
    assert cells((await ratna.get("/dasbor/capaian?waktu=2026-T4")).text, "kuis", "Batumandi")[0] == "5 dari 6"
    assert cells((await ratna.get("/dasbor/capaian?waktu=2026-10")).text, "kuis", "Batumandi")[0] == "0 dari 0"
    for wrong in ("kecamatan=99", "desa=x", f"desa={10**30}"):
        assert (await ratna.get(f"/dasbor/capaian?{wrong}")).status == 404
    budi = await site.signed_in(site.village.budi)
    assert (await budi.get("/dasbor/capaian")).status == 403


async def test_obligations_are_those_of_verkom_and_small_numbers_stay_hidden(site: Site):
    ratna: Visitor = await site.signed_in(site.village.ratna)
    page = (await ratna.get("/dasbor/capaian?waktu=2026-T4")).text
    due, verified, *_ = cells(page, "kesehatan", "Jumlah")
    assert int(due) >= 5
    assert verified == f"<5 dari {due}".replace("<", "&lt;")
    assert cells(page, "kesejahteraan", "Jumlah")[0] == "&lt;5"
    first = (await ratna.get("/dasbor/ringkasan?waktu=2026-T4")).text
    for form, title in (("kesehatan", "Kesehatan"), ("kesejahteraan", "Kesejahteraan sosial")):
        assert cells(first, "capaian", title) == cells(page, form, "Jumlah"), "the first page says the same"
    assert "Kuis dan kewajiban per Sabtu 28 Nov 09.05 WITA" in first
    place = site.store.run(lambda tx: tx.people.kelompok(site.village.melati1))
    path = (("Batumandi", f"kecamatan={place.kecamatan_id}"), (place.desa, f"desa={place.desa_id}"))
    for name, inside in path:
        further = (await ratna.get(f"/dasbor/capaian?waktu=2026-T4&{inside}")).text
        for form in ("kesehatan", "kesejahteraan"):
            assert cells(page, form, name) == cells(further, form, "Jumlah"), "a level down the sum tells no more"
        page = further
    who = site.store.run(lambda tx: tx.people.staff(site.village.ratna))
    lines = site.store.run(lambda tx: tx.figures.parts(who, "2026-T4", "kelompok", Where()))  # type: ignore[arg-type]
    one = next(line for line in lines if line.name == "Melati 1")
    assert (one["kesehatan_verified"], one["kesehatan_reported"]) == (1, 1)
    assert (one.counted, one.groups, one.families) == (1, 1, 4)


async def test_every_kelompok_is_counted_at_night_and_old_numbers_are_shown_as_old(site: Site):
    night = SATURDAY.replace(hour=1) + timedelta(days=1)
    site.at(night)
    tick = next(one for one in timetable.TICKS if one.name == "figures of the pages")
    rounds = 0
    while site.store.run(tick.run):
        rounds += 1
    assert rounds == 4
    assert site.store.run(lambda tx: tx.figures.stale("2026-T4", night - timedelta(hours=1), 9)) == []
    assert figures.current(night) == ["2026-11", "2026-T4", "2026-10", "2026-T3"]
    site.at(night + timedelta(hours=1))
    assert not site.store.run(tick.run)


async def test_few_kelompok_are_counted_anew_and_of_many_only_what_never_was(site: Site, monkeypatch):
    monkeypatch.setattr(achieved, "FEW", 2)
    ratna: Visitor = await site.signed_in(site.village.ratna)
    assert "angka per Sabtu 28 Nov 09.05 WITA" in (await ratna.get("/dasbor/capaian")).text
    site.at(SATURDAY + timedelta(hours=1))
    many = (await ratna.get("/dasbor/capaian")).text
    assert "angka per Sabtu 28 Nov 09.05 WITA" in many, "three kelompok are many here"
    desa = site.store.run(lambda tx: tx.people.kelompok(site.village.melati1).desa_id)
    few = (await ratna.get(f"/dasbor/capaian?desa={desa}")).text
    moment = re.search(r"angka per [^<·]+", few)
    assert moment is not None
    assert moment[0].strip() == "angka per Sabtu 28 Nov 10.00 WITA"
    assert cells(few, "kuis", "Jumlah")[:2] == ["5 dari 6", "5 dari 6"]
