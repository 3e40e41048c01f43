"""Can a SIARAN be written on a page as in the chat: seen first, sent, taken back, allowed, and accounted for?"""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from PIL import Image
from sqlalchemy import select, update

from data.broadcasts import Broadcast
from data.records import Audience
from data.schema import address, outbox
from data.store import Tx
from handlers.broadcast import UNUSABLE, tick_broadcasts
from messages.envelope import StaffId
from tests.support.pages import Answer, Site, Visitor, served
from tests.support.recordings import GOOD, MP3_FRAME, WRONG
from tests.support.village import PHONES, SATURDAY

SCRIPT = "=1+1 <script>alert(1)</script>"


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        running.at(SATURDAY)
        yield running


@pytest.fixture
async def budi(site: Site) -> Visitor:
    return await site.signed_in(site.village.budi)


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200)).save(out, "PNG")
    return out.getvalue()


async def uploaded(who: Visitor, name: str, content: bytes, **more: str) -> Answer:
    form = aiohttp.FormData({"csrf": who.csrf, "semua": "ya", "isi": "Ini tempatnya", **more})
    form.add_field("berkas", io.BytesIO(content), filename=name, content_type="application/octet-stream")
    async with who.http.post(f"{who.base}/dasbor/siaran/lihat", data=form, allow_redirects=False) as answer:
        return Answer(answer.status, await answer.text(), answer.headers)


def all_of(site: Site, who: StaffId) -> list[Broadcast]:
    return site.store.run(lambda tx: tx.broadcasts.of(who, 9))


def goes_out(site: Site) -> None:
    """A minute later its letters are written, and all but Wati's have left."""
    site.at(SATURDAY + timedelta(minutes=2))

    def work(tx: Tx) -> None:
        while tick_broadcasts(tx):
            pass
        wati = select(address.c.id).where(address.c.value == PHONES["Wati"]).scalar_subquery()
        letters = update(outbox).where(outbox.c.key.like("broadcast.%"), outbox.c.address_id != wati)
        tx.conn.execute(letters.values(state="sent", sent=tx.now))

    site.store.run(work)


async def test_it_is_shown_first_sent_once_stopped_and_told_by_name(site: Site, budi: Visitor):
    village = site.village
    assert "Belum ada siaran" in (await budi.get("/dasbor/siaran")).text
    form = (await budi.get(f"/dasbor/siaran/baru?kelompok={village.melati1}")).text
    assert re.search(rf'name="k:{village.melati1}" value="ya" checked', form)
    sent = {f"k:{village.melati1}": "ya", "jenis": "biasa", "isi": f"Bawa {SCRIPT}", "kapan": "sekarang"}
    shown = (await budi.post("/dasbor/siaran/lihat", sent, form=True)).text
    for words in ("3 dari 4 keluarga dikirimi", "Tanpa HP</dt><dd>1", "Rp2.100", "Aminah, Jumiati, Siti, Wati",
                  "Bawa =1+1 &lt;script&gt;", "Dikirim satu menit lagi.", "Ubah"):  # fmt: skip
        assert words in shown, words
    assert "<script>alert" not in shown
    assert all_of(site, village.budi) == []
    changed = (await budi.post("/dasbor/siaran/lihat", {**sent, "aksi": "ubah"}, form=True)).text
    assert "Bawa =1+1 &lt;script&gt;" in changed
    done = await budi.post("/dasbor/siaran/kirim", sent, form=True)
    again = await budi.post("/dasbor/siaran/kirim", sent, form=True)
    (one,) = all_of(site, village.budi)
    here = f"/dasbor/siaran/{one.id}"
    assert (done.status, done.headers["location"], again.headers["location"]) == (303, here, here)
    assert (one.audience, one.said) == (Audience((village.melati1,)), "Melati 1 Babayau")
    assert "Tarik kembali" in (await budi.get(here)).text
    waits = (await budi.get(f"{here}/keadaan")).text
    for words in (
        "Belum selesai dikirim",
        "Belum mulai dikirim. Mulai Sabtu 28 Nov",
        'data-every="5"',
        "Tarik kembali",
    ):
        assert words in waits, words
    dewi = await site.signed_in(village.dewi)
    assert (await dewi.get(f"{here}/keadaan")).status == 404
    goes_out(site)
    moves = (await budi.get(f"{here}/keadaan")).text
    for words in ("Sedang dikirim", "2 dari 4 keluarga dikabari", 'data-every="5"', "Batalkan yang belum terkirim"):
        assert words in moves, words
    assert "<html" not in moves
    result = (await budi.get(here)).text
    assert "siaran.js" in result
    for words in ("2 dari 4 keluarga dikabari", "Menunggu 1.", "Batalkan yang belum terkirim", "tanpa HP", "P2K2"):
        assert words in result, words
    stopped = (await budi.post(f"{here}/batal", form=True)).text
    assert "Sisa siaran dibatalkan: 2 sudah terkirim, 1 tidak jadi dikirim." in stopped
    assert "dibatalkan</td>" in stopped
    assert "/batal" not in stopped
    ended = (await budi.get(f"{here}/keadaan")).text
    assert "Dibatalkan" in ended
    for text in (ended, stopped):
        assert "data-every" not in text
        assert "siaran.js" not in text
    assert "Dikabari 2 dari 4 keluarga" in (await budi.get("/dasbor/siaran")).text


async def test_the_same_people_are_meant_as_in_the_chat_and_the_same_is_refused(site: Site, budi: Visitor):
    village = site.village
    await budi.get("/dasbor/siaran/baru")
    fine = {"semua": "ya", "isi": "Halo semua", "kapan": "sekarang"}
    narrowed = {
        "n:ibu hamil": "ya",
        "n:balita": "ya",
        "n:belum jawab": "ya",
        "kehadiran": "alpa 2x",
        "bahasa": "bahasa banjar",
    }
    assert "Tidak ada keluarga yang cocok" in (await budi.post("/dasbor/siaran/lihat", fine | narrowed, form=True)).text
    desa = site.store.run(lambda tx: tx.people.kelompok(village.melati1).desa_id)
    wrong = [
        ({"isi": " "}, 200, "Isinya masih kosong"),
        ({"isi": "Kartu 6013 0101 2345 6789"}, 200, "nomor kartu"),
        ({"isi": "Buka www.contoh.id"}, 200, "tautan"),
        ({"isi": "x" * 200}, 200, "paling banyak 160"),
        ({"kapan": "nanti", "tanggal": "2026-11-20", "mulai": "09:00"}, 200, 'role="alert"'),
        ({"kapan": "nanti", "tanggal": "kapan saja", "mulai": "09:00"}, 200, "belum lengkap"),
        ({"jenis": "apa"}, 400, ""),
        ({"n:apa saja": "ya"}, 400, ""),
        ({f"k:{village.anggrek1}": "ya"}, 404, ""),
        ({"k:x": "ya"}, 404, ""),
        ({"berkas_ada": "99"}, 404, ""),
    ]
    for fields, status, words in wrong:
        for where in ("lihat", "kirim"):
            answer = await budi.post(f"/dasbor/siaran/{where}", fine | fields, form=True)
            assert (answer.status, words in answer.text) == (status, True), fields
    assert "Pilih dulu untuk siapa" in (await budi.post("/dasbor/siaran/kirim", {"isi": "Halo"}, form=True)).text
    assert (await budi.post("/dasbor/siaran/kirim", fine, form=True, csrf="x")).status == 403
    assert all_of(site, village.budi) == []
    later = {"kapan": "nanti", "tanggal": "2026-11-29", "mulai": "06:00"}
    await budi.post("/dasbor/siaran/kirim", fine | later, form=True)
    ratna = await site.signed_in(village.ratna)
    assert "Kecamatan Batumandi" in (await ratna.get("/dasbor/siaran/baru")).text
    await ratna.post(
        "/dasbor/siaran/kirim", {f"d:{desa}": "ya", "isi": "Halo", "bahasa": "bahasa indonesia"}, form=True
    )
    await ratna.post("/dasbor/siaran/kirim", {"semua": "ya", "isi": "Rapat"}, form=True)
    (own,), (whole, by_desa) = all_of(site, village.budi), all_of(site, village.ratna)
    assert (own.audience, own.said) == (Audience((village.melati1, village.melati2)), "semua")
    assert own.due == SATURDAY.replace(day=29, hour=6)
    assert (by_desa.audience.kelompok_ids, by_desa.said) == (
        (village.melati1, village.melati2),
        "desa Babayau, bahasa indonesia",
    )
    assert (whole.audience, whole.said) == (Audience(), "semua")
    for path in (f"/dasbor/siaran/{own.id}", f"/dasbor/siaran/{own.id}/batal"):
        answer = await (ratna.post(path, form=True) if path.endswith("batal") else ratna.get(path))
        assert answer.status == 404


async def test_a_photo_comes_with_the_form_small_and_only_its_own_can_be_seen(site: Site, budi: Visitor):
    village = site.village
    await budi.get("/dasbor/siaran/baru")

    async def upload(name: str, content: bytes, **more: str) -> Answer:
        return await uploaded(budi, name, content, **more)

    for content in (b"<html>", b"%PDF-" + b"x" * 5_000_000):
        assert "Pilih foto, PDF, atau rekaman suara yang lain" in (await upload("a.jpg", content)).text
    assert (await upload("a.jpg", b"x" * 18_000_000)).status == 413
    assert (await upload("a.jpg", photo(), csrf="x")).status == 403
    shown = (await upload("../x.png", photo())).text
    assert "1 foto ikut: 0 keluarga langsung menerimanya, 4 nomor menerima tulisannya dulu" in shown
    (number,) = re.findall(r'src="/dasbor/siaran/berkas/(\d+)"', shown)
    async with budi.http.get(f"{budi.base}/dasbor/siaran/berkas/{number}") as answer:
        picture = Image.open(io.BytesIO(await answer.read()))
        assert (answer.content_type, picture.format, picture.size) == ("image/jpeg", "JPEG", (1280, 960))
    dewi = await site.signed_in(village.dewi)
    assert (await dewi.get(f"/dasbor/siaran/berkas/{number}")).status == 404
    fields = {"semua": "ya", "isi": "Ini tempatnya", "berkas_ada": number}
    assert (await dewi.post("/dasbor/siaran/kirim", fields, form=True)).status == 404
    dropped = (await budi.post("/dasbor/siaran/lihat", fields | {"tanpa_berkas": "ya"}, form=True)).text
    assert "foto ikut" not in dropped
    too_long = (await upload("a.png", photo(), isi="x" * 200)).text
    assert re.search(r'name="berkas_ada" value="\d+"', too_long)
    for _ in range(2):
        sent = await budi.post("/dasbor/siaran/kirim", fields, form=True)
        assert sent.headers["location"] == "/dasbor/siaran/1"
    (one,) = all_of(site, village.budi)
    kept_file = site.store.run(lambda tx: tx.broadcasts.files.of(one.id))
    assert kept_file is not None
    assert kept_file.id == int(number)
    goes_out(site)
    assert f"/dasbor/siaran/berkas/{number}" in (await budi.get(f"/dasbor/siaran/{one.id}")).text
    kept = site.store.run(lambda tx: tx.conn.execute(select(outbox.c.attachment)).scalars().all())
    assert {row["params"]["format"] for row in kept if row} == {"jpg"}


async def test_a_recording_comes_with_the_form_is_heard_first_and_leaves_on_both_channels(site: Site, budi: Visitor):
    village = site.village
    form = (await budi.get("/dasbor/siaran/baru")).text
    assert 'accept="image/*,application/pdf,audio/*"' in form
    for what, (content, _) in GOOD.items():  # whatever it is called
        taken = (await uploaded(budi, "a.pdf", content)).text
        assert "1 pesan suara ikut: 0 keluarga langsung menerimanya, 4" in taken, what
    for what, (content, fault) in {**WRONG, "long": (MP3_FRAME + bytes(5_000_000), "size")}.items():
        refused = (await uploaded(budi, "a.m4a", content)).text
        assert f"Berkas itu {UNUSABLE[fault]}. Pilih" in refused, what
        assert "Ini tempatnya" in refused, what
    assert "Unduh rekaman" in (await uploaded(budi, "a", GOOD["old Android"][0])).text
    shown = (await uploaded(budi, "a", GOOD["iPhone"][0])).text
    (number,) = re.findall(r'<audio controls preload="metadata" src="/dasbor/siaran/berkas/(\d+)"', shown)
    assert re.search(rf'name="berkas_ada" value="{number}"', shown)
    whole = GOOD["iPhone"][0]
    pieces = [
        ("", 200, whole, None),
        ("bytes=0-1", 206, whole[:2], f"bytes 0-1/{len(whole)}"),
        ("bytes=10-", 206, whole[10:], f"bytes 10-{len(whole) - 1}/{len(whole)}"),
        ("bytes=4-99999", 206, whole[4:], f"bytes 4-{len(whole) - 1}/{len(whole)}"),
        ("bytes=99999-", 416, b"", f"bytes */{len(whole)}"),
        ("bytes=3-1", 200, whole, None),
        ("lines=1-2", 200, whole, None),
    ]
    here = f"{budi.base}/dasbor/siaran/berkas/{number}"
    for wished, status, content, where in pieces:
        async with budi.http.get(here, headers={"Range": wished} if wished else {}) as answer:
            assert (answer.status, await answer.read(), answer.headers.get("Content-Range")) == (status, content, where)
            assert (answer.content_type, answer.headers["Accept-Ranges"]) == ("audio/mp4", "bytes")
            assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
    dewi = await site.signed_in(village.dewi)
    assert (await dewi.get(f"/dasbor/siaran/berkas/{number}")).status == 404
    await budi.post("/dasbor/siaran/kirim", {"semua": "ya", "isi": "Ini", "berkas_ada": number}, form=True)
    goes_out(site)
    (one,) = all_of(site, village.budi)
    assert f'src="/dasbor/siaran/berkas/{number}"' in (await budi.get(f"/dasbor/siaran/{one.id}")).text
    kept = site.store.run(lambda tx: tx.conn.execute(select(outbox.c.attachment)).scalars().all())
    assert {row["params"]["format"] for row in kept if row} == {"m4a"}


async def test_while_people_sleep_the_koordinators_yes_counts_on_the_page_too(site: Site):
    village = site.village
    site.at(SATURDAY.replace(hour=22))
    budi, ratna = await site.signed_in(village.budi), await site.signed_in(village.ratna)
    flood = {"semua": "ya", "jenis": "banjir", "isi": "Air naik"}
    shown = (await budi.post("/dasbor/siaran/lihat", flood, form=True)).text
    assert "atau lebih dulu bila koordinator setuju" in shown
    await budi.post("/dasbor/siaran/kirim", flood, form=True)
    (one,) = all_of(site, village.budi)
    file = site.store.run(lambda tx: tx.broadcasts.files.keep(village.budi, "image/jpeg", b"x"))
    assert (await ratna.get(f"/dasbor/siaran/berkas/{file}")).status == 404
    site.store.run(lambda tx: tx.broadcasts.files.belongs(file, one.id))
    assert (await ratna.get(f"/dasbor/siaran/berkas/{file}")).status == 200
    asked = (await ratna.get("/dasbor/siaran")).text
    assert "Lihat foto yang ikut" in asked
    assert "Menunggu izin Anda" in asked
    assert "Air naik." in asked
    assert (await budi.post(f"/dasbor/siaran/{one.id}/izin", {"jawab": "setuju"}, form=True)).status == 403
    assert (await ratna.post(f"/dasbor/siaran/{one.id}/izin", {"jawab": "setuju"}, form=True)).status == 303
    assert (await ratna.post(f"/dasbor/siaran/{one.id}/izin", {"jawab": "tolak"}, form=True)).status == 404
    (found,) = all_of(site, village.budi)
    assert found.night == "allowed"
    assert "Menunggu izin Anda" not in (await ratna.get("/dasbor/siaran")).text
    assert (await ratna.get(f"/dasbor/siaran/berkas/{file}")).status == 404
