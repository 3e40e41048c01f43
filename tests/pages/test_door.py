"""Who gets in, for how long, and what is refused?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.schema import desk_link, desk_session
from tests.support.pages import Site, served
from tests.support.village import SATURDAY


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        yield running


async def test_a_preview_spends_nothing_and_the_button_spends_the_link_once(site: Site):
    link = site.link(site.village.budi)
    preview, budi, late = site.visitor(), site.visitor(), site.visitor()
    for _ in range(2):
        assert "Masuk sebagai Pak Budi" in (await preview.get(link)).text
    answer = await budi.post(link)
    cookie = answer.headers["set-cookie"]
    assert answer.status == 303
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie
    assert (await budi.get("/dasbor/hari-ini")).status == 200
    assert (await late.post(link)).status == 410
    assert (await late.get(link)).status == 410
    assert (await late.get("/dasbor/hari-ini")).status == 401


async def test_over_https_the_cookie_travels_on_nothing_else(sqlite):
    async with served(sqlite, secure=True) as site:
        answer = await site.visitor().post(site.link(site.village.budi))
        assert "Secure" in answer.headers["set-cookie"]


async def test_an_altered_an_expired_and_a_replaced_link_open_nothing(site: Site):
    visitor = site.visitor()
    first = site.link(site.village.budi)
    second = site.link(site.village.budi)
    assert (await visitor.post(first)).status == 410
    token = second.rstrip("/").rsplit("/", 1)[1]
    nonce, _, signature = token.partition(".")
    wrong = [f"{nonce[:-1]}x.{signature}", f"{nonce}.{signature[:-2]}xx", nonce, f"{nonce}.", "x" * 5000, "%00", "é.é"]
    for altered in wrong:
        assert (await visitor.post(f"/dasbor/masuk/{altered}/")).status == 410, altered
    site.at(SATURDAY + timedelta(minutes=15))
    assert (await visitor.post(second)).status == 410
    assert (await visitor.post(site.link(site.village.budi))).status == 303


async def test_a_link_does_not_count_from_another_site(site: Site):
    link = site.link(site.village.budi)
    assert (await site.visitor().post(link, headers={"sec-fetch-site": "cross-site"})).status == 410
    assert (await site.visitor().post(link, headers={"sec-fetch-site": "same-origin"})).status == 303


async def test_a_session_ends_after_twelve_hours_by_leaving_everywhere_and_with_the_job(site: Site):
    village = site.village
    one, two = await site.signed_in(village.budi), await site.signed_in(village.budi)
    dewi = await site.signed_in(village.dewi)
    assert (await one.post("/dasbor/keluar", form=True)).status == 200
    assert [(await v.get("/dasbor/menu")).status for v in (one, two, dewi)] == [401, 200, 200]
    three = await site.signed_in(village.budi)
    await two.post("/dasbor/keluar-semua", form=True)
    assert [(await v.get("/dasbor/menu")).status for v in (two, three, dewi)] == [401, 401, 200]
    site.store.run(lambda tx: tx.people.remove_staff(village.dewi))
    assert (await dewi.get("/dasbor/menu")).status == 401
    ratna = await site.signed_in(village.ratna)
    site.at(SATURDAY + timedelta(hours=12, minutes=6))
    assert (await ratna.get("/dasbor/menu")).status == 401


async def test_only_hashes_are_kept_and_old_ones_are_forgotten(site: Site):
    budi = await site.signed_in(site.village.budi)
    link = site.link(site.village.budi)
    (cookie,) = budi.http.cookie_jar

    def kept(tx):
        rows = [*tx.conn.execute(select(desk_link)), *tx.conn.execute(select(desk_session))]
        return " ".join(str(tuple(row)) for row in rows), len(rows)

    words, count = site.store.run(kept)
    assert count == 3
    assert cookie.value not in words
    assert link.rstrip("/").rsplit("/", 1)[1].partition(".")[0] not in words
    site.at(SATURDAY + timedelta(days=1))
    site.store.run(lambda tx: tx.desk.forget())
    assert site.store.run(kept) == ("", 0)


async def test_every_change_needs_the_token_of_its_own_session(site: Site):
    village = site.village
    meeting = site.meeting()
    budi, dewi = await site.signed_in(village.budi), await site.signed_in(village.dewi)
    path = f"/dasbor/kelompok/{village.melati1}/pertemuan/{meeting.id}/simpan"
    sent = {"revision": 0, "marks": {str(village.kpms["Siti"]): {"mark": "hadir", "seen": None}}}
    for wrong in ("", "x", dewi.csrf, "é"):
        assert (await budi.post(path, sent, csrf=wrong.encode().decode("latin-1"))).status == 403
    assert (await budi.post("/dasbor/keluar", form=True, csrf="x")).status == 403
    assert (await budi.post(path, sent, headers={"sec-fetch-site": "cross-site"})).status == 403
    assert site.store.run(lambda tx: tx.attendance.marks(meeting.id, village.melati1)) == 0
    assert (await budi.post(path, sent)).status == 200


async def test_each_role_has_its_own_pages(site: Site):
    budi, ratna = await site.signed_in(site.village.budi), await site.signed_in(site.village.ratna)
    assert (await budi.get("/dasbor/")).headers["location"] == "/dasbor/hari-ini"
    assert (await ratna.get("/dasbor/hari-ini")).status == 403
    nobody = site.visitor()
    for path in ("/dasbor/", "/dasbor/menu", "/dasbor/hari-ini"):
        answer = await nobody.get(path)
        assert answer.status == 401
        assert "HALAMAN" in answer.text


async def test_pages_allow_no_foreign_code_and_are_kept_by_nobody(site: Site):
    budi = await site.signed_in(site.village.budi)
    for answer in (await budi.get("/dasbor/hari-ini"), await budi.get("/dasbor/tidak-ada/kelompok/9")):
        if answer.status == 200:
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["cache-control"] == "no-store"
            assert "http:" not in answer.text
            assert " style=" not in answer.text
            assert "<script>" not in answer.text
    css = await budi.get("/dasbor/berkas/desk.css")
    assert css.status == 200
    assert "immutable" in css.headers["cache-control"]
    for name in ("..%2Fdoor.py", "hari-ini.html", "x.css"):
        assert (await budi.get(f"/dasbor/berkas/{name}")).status == 404
