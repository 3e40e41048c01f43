"""Can a meeting be made, moved and called off on a page, shown first, with the letters of the chat?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from data.records import Answer, Meeting
from data.schema import outbox
from data.store import Tx
from messages.envelope import Address, Outbound, Priority
from tests.support.pages import Site, Visitor, served
from tests.support.village import PHONES, SATURDAY

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        running.at(SATURDAY - timedelta(days=5))
        yield running


@pytest.fixture
async def budi(site: Site) -> Visitor:
    return await site.signed_in(site.village.budi)


def planned(site: Site) -> list[Meeting]:
    since, until = SATURDAY - timedelta(days=60), SATURDAY + timedelta(days=60)
    return site.store.run(lambda tx: tx.meetings.of_kelompok([site.village.melati1], since, until))


def told(site: Site, meeting: Meeting) -> None:
    """Siti has had her invitation."""

    def work(tx: Tx) -> None:
        about, siti = f"meeting:{meeting.id}", site.village.kpms["Siti"]
        words = {"names": "Ibu Siti", "what": "x", "day": "x", "time": "x", "place": "x", "ref": "x"}
        to = Address("whatsapp", PHONES["Siti"])
        tx.outbox.put(
            Outbound(to, "meetings.moved", words, once="t", about=about, kpms=[siti], priority=Priority.CHANGE)
        )
        tx.conn.execute(update(outbox).values(state="sent", sent=tx.now))

    site.store.run(work)


def letters(site: Site) -> list[str]:
    return site.store.run(lambda tx: [r.key for r in tx.conn.execute(outbox.select()) if r.state == "queued"])


async def test_a_meeting_is_shown_first_and_then_made(site: Site, budi: Visitor):
    village = site.village
    assert "Buat jadwal" in (await budi.get("/dasbor/jadwal")).text
    form = (await budi.get(f"/dasbor/jadwal/baru?kelompok={village.melati1}")).text
    assert f'name="k:{village.melati1}" value="ya" checked' in form
    fields = {f"k:{village.melati1}": "ya", "tanggal": "2026-11-28", "mulai": "09:00", "sesi": "P2"}
    sent = {**fields, "tempat": f"Balai {SCRIPT}"}
    shown = (await budi.post("/dasbor/jadwal/lihat", sent, form=True)).text
    for words in ("Periksa dulu", "Sabtu", "P2 ", "tanpa HP 1", "Undangan dikirim", "Balai &lt;script&gt;"):
        assert words in shown, words
    assert SCRIPT not in shown
    assert planned(site) == []
    made = (await budi.post("/dasbor/jadwal/kirim", sent, form=True)).text
    assert "Tersimpan" in made
    (meeting,) = planned(site)
    assert (meeting.starts, meeting.session, meeting.place) == (SATURDAY, "P2", f"Balai {SCRIPT}")
    again = (await budi.post("/dasbor/jadwal/kirim", sent, form=True)).text
    assert 'role="alert"' in again
    assert len(planned(site)) == 1
    joint = {**sent, f"k:{village.melati2}": "ya", "mulai": "13:00", "sampai": "15:00", "tempat": "Balai"}
    await budi.post("/dasbor/jadwal/kirim", joint, form=True)
    assert list(planned(site)[1].kelompok_ids) == [village.melati1, village.melati2]


async def test_what_cannot_be_planned_says_why(site: Site, budi: Visitor):
    fine = {f"k:{site.village.melati1}": "ya", "tanggal": "2026-11-28", "mulai": "09:00", "tempat": "x", "sesi": "P2"}
    await budi.get("/dasbor/jadwal/baru")
    for wrong in ({"tanggal": "2026-11-20"}, {"tanggal": "2026-02-31"}, {"sesi": "zzz"}, {"tempat": "x" * 70}):
        for where in ("lihat", "kirim"):
            answer = await budi.post(f"/dasbor/jadwal/{where}", {**fine, **wrong}, form=True)
            assert 'role="alert"' in answer.text, wrong
    hers = {**fine, f"k:{site.village.anggrek1}": "ya"}
    for sent, status in ((hers, 404), ({**fine, "tanggal": "besok"}, 422), ({**fine, "tempat": " "}, 422), ({}, 422)):
        assert (await budi.post("/dasbor/jadwal/kirim", sent, form=True)).status == status
    assert (await budi.post("/dasbor/jadwal/kirim", fine, form=True, csrf="x")).status == 403
    assert planned(site) == []


async def test_a_meeting_is_moved_and_everybody_who_knew_is_told(site: Site, budi: Visitor):
    meeting = site.meeting()
    told(site, meeting)
    here = f"/dasbor/kelompok/{site.village.melati1}/pertemuan/{meeting.id}"
    assert f"{here}/ubah" in (await budi.get("/dasbor/jadwal")).text
    assert "Balai Desa Babayau" in (await budi.get(f"{here}/ubah")).text
    sent = {"revision": str(meeting.revision), "tanggal": "2026-11-29", "mulai": "10:00", "tempat": "Posyandu"}
    shown = (await budi.post(f"{here}/pindah", sent, form=True)).text
    assert "Ya, pindahkan" in shown
    assert planned(site) == [meeting]
    done = await budi.post(f"{here}/pindah", {**sent, "yakin": "ya"}, form=True)
    assert done.status == 200
    (moved,) = planned(site)
    assert (moved.starts, moved.place) == (SATURDAY + timedelta(days=1, hours=1), "Posyandu")
    assert letters(site) == ["meetings.moved"]
    assert (await budi.post(f"{here}/pindah", {**sent, "yakin": "ya"}, form=True)).status == 409
    dewi = await site.signed_in(site.village.dewi)
    for path in ("pindah", "batal", "apa"):
        assert (await dewi.post(f"{here}/{path}", {**sent, "yakin": "ya"}, form=True)).status == 404
    assert (await dewi.get(f"{here}/ubah")).status == 404


async def test_a_meeting_is_called_off_with_a_reason_but_not_after_people_came(site: Site, budi: Visitor):
    meeting = site.meeting()
    told(site, meeting)
    here = f"/dasbor/kelompok/{site.village.melati1}/pertemuan/{meeting.id}"
    await budi.get(f"{here}/ubah")
    sent = {"revision": str(meeting.revision), "alasan": "banjir"}
    assert "Tulis alasannya" in (await budi.post(f"{here}/batal", {**sent, "alasan": " "}, form=True)).text
    assert "banjir" in (await budi.post(f"{here}/batal", sent, form=True)).text
    assert letters(site) == []
    await budi.post(f"{here}/batal", {**sent, "yakin": "ya"}, form=True)
    assert planned(site)[0].cancelled
    assert letters(site) == ["meetings.cancelled"]
    second = site.meeting(starts=SATURDAY + timedelta(days=3))
    site.store.run(
        lambda tx: tx.attendance.keep_answer(second, site.village.kpm(tx, "Siti"), Answer.CLAIMED, "x", claimed=tx.now)
    )
    other = f"/dasbor/kelompok/{site.village.melati1}/pertemuan/{second.id}"
    sent = {"revision": str(second.revision), "tanggal": "2026-12-05", "mulai": "10:00", "yakin": "ya"}
    assert 'role="alert"' in (await budi.post(f"{other}/pindah", sent, form=True)).text
    assert next(m for m in planned(site) if m.id == second.id).starts == second.starts
