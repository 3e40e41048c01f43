"""What does a pendamping see and write on her pages, and what of others stays hidden?"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from data.records import Answer, Mark
from data.schema import kelompok, kpm, meeting, member, outbox, question, staff
from data.store import Tx
from tests.support.pages import Site, Visitor, served
from tests.support.village import SATURDAY

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        yield running


@pytest.fixture
async def budi(site: Site) -> Visitor:
    return await site.signed_in(site.village.budi)


def ask(site: Site, name: str, words: str, topic: str | None = None) -> int:
    """A family of the village writes something that waits for a human; with a topic it is a ticket."""
    village = site.village

    def work(tx) -> int:
        who = village.kpm(tx, name)
        (address_id, _) = tx.people.addresses_of(who.id)[0]
        about = {"kpm_id": who.id, "kelompok_id": who.kelompok_id, "topic": topic}
        return tx.questions.add(address_id, "question", words, **about)

    return site.store.run(work)


def open_tickets(tx: Tx, staff_id: int) -> object:
    who = tx.people.staff(staff_id)
    assert who is not None
    return tx.questions.tickets_of(who)


async def test_today_shows_what_is_to_be_done_and_the_numbers_of_the_month(site: Site, budi: Visitor):
    village = site.village
    old = site.meeting(village.melati2, starts=SATURDAY - timedelta(days=3))
    site.meeting(village.melati1)
    site.meeting(village.melati2, starts=SATURDAY + timedelta(days=10))
    ask(site, "Siti", "Boleh bawa anak?")
    text = (await budi.get("/dasbor/hari-ini")).text
    assert "Selamat pagi, Pak Budi" in text
    assert text.index("Hari ini</h2>") < text.index("Belum diserahkan") < text.index("Yang akan datang")
    assert f"/kelompok/{village.melati2}/pertemuan/{old.id}" in text
    assert "0 dari 1" in text
    assert "Angka per Sabtu 28 Nov 09.05 WITA" in text
    assert "Anggrek" not in text
    assert "1 pertanyaan" in text
    site.at(SATURDAY + timedelta(days=30))
    fresh = await site.signed_in(village.budi)
    assert "Tidak ada pertemuan hari ini" in (await fresh.get("/dasbor/hari-ini")).text


async def test_the_calendar_shows_every_month_and_the_days_off(site: Site, budi: Visitor):
    site.meeting(site.village.melati1)
    assert "Balai Desa Babayau" in (await budi.get("/dasbor/jadwal")).text
    december = (await budi.get("/dasbor/jadwal?bulan=2026-12")).text
    assert "Tidak ada pertemuan di bulan ini" in december
    assert "Natal" in december
    for wrong in ("2026-13", "x", "9999-12-31", "<script>", "%00"):
        assert "November 2026" in (await budi.get(f"/dasbor/jadwal?bulan={wrong}")).text


async def test_a_kelompok_and_a_family_with_all_that_is_known(site: Site, budi: Visitor):
    village = site.village
    held = site.meeting(village.melati1, starts=SATURDAY - timedelta(days=30))
    siti = village.kpms["Siti"]

    def live(tx):
        who = village.kpm(tx, "Siti")
        tx.conn.execute(member.insert(), {"kpm_id": siti, "name": "Adik", "relation": "anak", "component": "sekolah"})
        tx.attendance.keep_answer(held, who, Answer.DECLINED, "address:1", reason="anak_sakit")
        tx.attendance.mark_all(held, village.melati1, {siti: Mark.EXCUSED}, village.budi)

    site.store.run(live)
    group = (await budi.get(f"/dasbor/kelompok/{village.melati1}")).text
    assert "4 keluarga aktif" in group
    assert f"/pertemuan/{held.id}" in group
    page = (await budi.get(f"/dasbor/keluarga/{siti}")).text
    for words in ("+6281100000001", "setuju menerima", "Adik", "anak sekolah", "anak sakit", "Izin"):
        assert words in page, words
    assert "Siap menerima" in page
    assert "kabari lewat kunjungan" in (await budi.get(f"/dasbor/keluarga/{village.kpms['Jumiati']}")).text


async def test_families_are_found_by_name_and_kelompok(site: Site, budi: Visitor):
    def names(text: str) -> list[str]:
        return re.findall(r'href="/dasbor/keluarga/\d+"><div><b>(\w+)', text)

    assert len(names((await budi.get("/dasbor/keluarga")).text)) == 6
    assert names((await budi.get("/dasbor/keluarga?cari=AMIN")).text) == ["Aminah"]
    assert names((await budi.get(f"/dasbor/keluarga?kelompok={site.village.melati2}")).text) == ["Halimah", "Rusmini"]
    for nothing in ("cari=%25", "cari=_", "cari=Nur", f"kelompok={site.village.anggrek1}", "kelompok=²&cari=zz"):
        assert names((await budi.get(f"/dasbor/keluarga?{nothing}")).text) == [], nothing


async def test_a_visit_is_written_down_and_shown_on_the_round(site: Site, budi: Visitor):
    jumiati = site.village.kpms["Jumiati"]
    before = (await budi.get("/dasbor/tindak-lanjut")).text
    assert "Ibu Jumiati" in before
    assert "Belum terjangkau · tanpa HP" in before
    sent = {"catatan": f"  Sudah ditemui {SCRIPT} 6311 0000 0000 0001 ", "kembali": "tindak-lanjut"}
    answer = await budi.post(f"/dasbor/keluarga/{jumiati}/kunjungan", sent, form=True)
    assert answer.headers["location"] == f"/dasbor/tindak-lanjut#k{jumiati}"
    after = (await budi.get("/dasbor/tindak-lanjut")).text
    assert "Sabtu 28 Nov: Sudah ditemui &lt;script&gt;" in after
    assert "[nomor 16 angka dihapus]" in after
    assert SCRIPT not in after
    (change,) = site.store.run(lambda tx: tx.audit.of(f"kpm:{jumiati}"))
    assert (change.act, change.actor) == ("visit.noted", f"staff:{site.village.budi}")
    assert (await budi.post(f"/dasbor/keluarga/{jumiati}/kunjungan", {"catatan": " "}, form=True)).status == 422


async def test_questions_are_put_away_once(site: Site, budi: Visitor):
    number = ask(site, "Siti", f"Boleh bawa anak? {SCRIPT}")
    hers = ask(site, "Nur", "Rahasia Nur")
    page = (await budi.get("/dasbor/pertanyaan")).text
    assert "Boleh bawa anak? &lt;script&gt;" in page
    assert "Rahasia Nur" not in page
    for other, status in ((hers, 404), (number, 303), (number, 404), (10**12, 404)):
        assert (await budi.post(f"/dasbor/pertanyaan/{other}/selesai", {}, form=True)).status == status
    assert "Tidak ada yang menunggu" in (await budi.get("/dasbor/pertanyaan")).text
    state = site.store.run(lambda tx: tx.conn.execute(question.select().where(question.c.id == hers)).one().state)
    assert state == "open"


async def test_a_ticket_is_answered_as_by_jawab_in_the_chat(site: Site, budi: Visitor):
    number = ask(site, "Siti", f"Kapan posyandu? {SCRIPT}", "lain")
    hers = ask(site, "Nur", "Rahasia Nur", "lain")
    page = (await budi.get("/dasbor/pertanyaan")).text
    assert f"Nomor {number}" in page
    assert "Kapan posyandu? &lt;script&gt;" in page
    assert "Rahasia" not in page
    path = f"/dasbor/pertanyaan/{number}/jawab"
    assert (await budi.post(path, {"jawaban": " "}, form=True)).status == 422
    assert (await budi.post(path, {"jawaban": "Besok."}, form=True, csrf="x")).status == 403
    assert (await budi.post(f"/dasbor/pertanyaan/{hers}/jawab", {"jawaban": "x"}, form=True)).status == 404
    refused = await budi.post(path, {"jawaban": "NIK Ibu 6311 0000 0000 0001"}, form=True)
    assert site.store.run(lambda tx: open_tickets(tx, site.village.budi)) != []
    answer = await budi.post(path, {"jawaban": "Selasa pagi di balai desa."}, form=True)
    assert "Ibu Siti" in answer.text
    assert answer.text != refused.text
    (letter,) = site.store.run(lambda tx: tx.conn.execute(outbox.select()).all())
    assert "Selasa pagi di balai desa." in str(letter.params)
    assert site.store.run(lambda tx: open_tickets(tx, site.village.budi)) == []


async def test_another_pendampings_groups_and_families_are_not_there(site: Site, budi: Visitor):
    village = site.village
    dewi = await site.signed_in(village.dewi)
    for path in (f"/dasbor/kelompok/{village.melati1}", f"/dasbor/keluarga/{village.kpms['Siti']}"):
        assert (await budi.get(path)).status == 200
        assert (await dewi.get(path)).status == 404
    note = f"/dasbor/keluarga/{village.kpms['Siti']}/kunjungan"
    assert (await dewi.post(note, {"catatan": "x"}, form=True)).status == 404
    for path in ("/dasbor/hari-ini", "/dasbor/kelompok", "/dasbor/keluarga", "/dasbor/tindak-lanjut", "/dasbor/jadwal"):
        text = (await dewi.get(path)).text
        assert not re.search(r"Melati|Siti|Jumiati", text), path
    ratna = await site.signed_in(village.ratna)
    for path in ("/dasbor/kelompok", "/dasbor/keluarga", "/dasbor/tindak-lanjut", "/dasbor/pertanyaan"):
        assert (await ratna.get(path)).status == 403, path


async def test_script_text_in_every_field_stays_text(site: Site, budi: Visitor):
    village = site.village
    held = site.meeting(village.melati1)
    siti = village.kpms["Siti"]
    ask(site, "Siti", SCRIPT)

    def spoil(tx):
        more = {"component": "sekolah", "relation": SCRIPT[:20], "school": SCRIPT}
        tx.conn.execute(member.insert(), {"kpm_id": siti, "name": SCRIPT, **more})
        tx.scoped.note_visit(tx.people.staff(village.budi), siti, SCRIPT)
        tx.attendance.keep_answer(held, village.kpm(tx, "Siti"), Answer.CLAIMED, "x", represented_by=SCRIPT)
        tx.conn.execute(update(kpm).values(name=kpm.c.name + SCRIPT))
        tx.conn.execute(update(kelompok).values(name=kelompok.c.name + SCRIPT))
        tx.conn.execute(update(meeting).values(place=SCRIPT, title=SCRIPT, reason=SCRIPT))
        tx.conn.execute(update(staff).values(name=staff.c.name + SCRIPT))

    site.store.run(spoil)
    paths = ["hari-ini", "menu", "kelompok", f"kelompok/{village.melati1}", "jadwal", "keluarga", f"keluarga/{siti}"]
    for path in [*paths, "tindak-lanjut", "pertanyaan", f"keluarga?cari={SCRIPT}"]:
        text = (await budi.get(f"/dasbor/{path}")).text
        assert "&lt;script&gt;" in text, path
        assert "<script>alert" not in text, path
