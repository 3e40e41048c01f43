"""Are the koordinator's numbers those of the summary, inside her scope, down to one kelompok?"""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import insert

from bot.dashboard import charts, period
from data import schema
from data.overview import Part, Sums, Where
from data.records import Role, Staff, StaffId
from data.summary import recount
from tests.support.history import live_through
from tests.support.pages import Site, Visitor, served
from tests.support.village import SATURDAY

MONTHS = ["2026-08", "2026-09", "2026-10"]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    """Two kecamatan: that of the village, and one more with a kelompok of somebody else."""
    async with served(sqlite) as running:

        def more(tx) -> None:
            def add(table, **values):
                return tx.conn.execute(insert(table).returning(table.c.id), values).scalar_one()

            juai = add(schema.kecamatan, kabupaten_id=running.village.kabupaten, name="Juai")
            desa = add(schema.desa, kecamatan_id=juai, name="Mungkur")
            rina = tx.people.add_staff("Bu Rina", Role.PENDAMPING, None, "kelompok", 0)
            mawar = add(schema.kelompok, desa_id=desa, name="Mawar 1", pendamping_id=rina)
            for name in ("Rabiah", "Salasiah"):
                add(schema.kpm, kelompok_id=mawar, name=name, status="aktif")
            live_through(tx, MONTHS)

        running.store.run(more)
        yield running


@pytest.fixture
async def ratna(site: Site) -> Visitor:
    return await site.signed_in(site.village.ratna)


def koordinator(site: Site) -> Staff:
    found = site.store.run(lambda tx: tx.people.staff(site.village.ratna))
    assert found is not None
    return found


def parts(site: Site, months: Sequence[str], by: str) -> list[Part]:
    who = koordinator(site)
    return site.store.run(lambda tx: tx.overview.parts(who, months, by, Where()))


def counted(site: Site, month: str) -> list[dict[str, int]]:
    """The same counted from the tables, kelompok by kelompok."""
    return list(site.store.run(lambda tx: recount(tx.conn, month)).values())


def added(lines: Sequence[Part]) -> Sums:
    return sum((line.sums for line in lines), Sums())


def row(text: str, name: str) -> list[str]:
    """The cells of one line of the table below."""
    table = text[text.index('id="rinci"') :]
    (found,) = re.findall(
        rf'<th scope="row">(?:<a href="[^"]+">)?{re.escape(name)}(?:</a>)?</th>(.*?)</tr>', table, re.DOTALL
    )
    return [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td[^>]*>(.*?)</td>", found, re.DOTALL)
    ]


def link(text: str, name: str) -> str:
    return html.unescape(re.findall(rf'<a href="([^"]+)">{re.escape(name)}</a>', text)[-1])


async def test_every_number_is_what_a_recount_gives_at_every_level(site: Site, ratna: Visitor):
    names = ("planned", "held", "cancelled", "expected", "reached", "declined", "hadir", "izin", "sakit", "alpa")
    came = 0
    for month in MONTHS:
        groups = counted(site, month)
        total = {name: sum(one[name] for one in groups) for name in names}
        for by in ("kecamatan", "desa", "pendamping", "kelompok"):
            lines = parts(site, [month], by)
            assert [line.name for line in lines] == sorted(line.name for line in lines)
            sums = added(lines)
            assert {name: getattr(sums, name) for name in names} == total
            assert (sums.groups, sums.met) == (4, sum(1 for one in groups if one["held"]))
            assert sums.families == 9
        cells = row((await ratna.get(f"/dasbor/ringkasan?waktu={month}")).text, "Jumlah")
        assert cells[3] == f"{total['hadir']} dari {total['expected']}"
        assert cells[4:7] == [str(total[name]) for name in ("izin", "sakit", "alpa")]
        came += total["hadir"]
    who = koordinator(site)
    trend = site.store.run(lambda tx: tx.overview.trend(who, MONTHS, Where()))
    assert sum(one.hadir for one in trend.values()) == came


async def test_a_triwulan_is_its_three_months(site: Site, ratna: Visitor):
    whole = period.read("2026-T3", SATURDAY)
    assert whole.months == ["2026-07", "2026-08", "2026-09"]
    sums = added(parts(site, whole.months, "kecamatan"))
    assert sums == sum((added(parts(site, [month], "kecamatan")) for month in whole.months), Sums())
    text = (await ratna.get("/dasbor/ringkasan?waktu=2026-T3")).text
    assert "Triwulan 3 2026" in text
    assert row(text, "Jumlah")[0] == f"{sums.met} dari {sums.groups}"


async def test_one_goes_down_from_the_kabupaten_to_a_kelompok_and_back(site: Site, ratna: Visitor):
    page = (await ratna.get("/dasbor/ringkasan?waktu=2026-10")).text
    for name in ("Batumandi", "Babayau", "Pak Budi"):
        page = (await ratna.get(link(page, name))).text
        assert "Oktober 2026" in page
    assert row(page, "Melati 1")
    assert "Anggrek 1" not in page
    back = (await ratna.get(link(page, "Balangan"))).text
    assert row(back, "Juai")
    text = (await ratna.get("/dasbor/ringkasan?waktu=2026-11")).text
    assert "Kelompok tanpa pertemuan November 2026" in text
    assert text.index("Melati 1") < text.index("Anggrek 1") < text.index("Mawar 1")  # by place, then by name


async def test_sessions_are_counted_by_kelompok(site: Site, ratna: Visitor):
    page = (await ratna.get("/dasbor/sesi")).text
    who = koordinator(site)
    lines = site.store.run(lambda tx: tx.overview.sessions(who, "kelompok", Where()))
    held = sum(one["held"] for month in MONTHS for one in counted(site, month))
    assert sum(sum(line.sessions.values()) for line in lines) == held
    assert sum(line.groups for line in lines) == 4
    assert "Batumandi" in page
    desa = (await ratna.get(link(page, "Juai"))).text
    assert "Mungkur" in desa


async def test_another_kecamatan_is_not_there(site: Site):
    def hire(tx):
        ids = {r.name: r.id for r in tx.conn.execute(schema.kecamatan.select())}
        desa = {r.name: r.id for r in tx.conn.execute(schema.desa.select())}
        one = tx.people.add_staff("Pak Hasan", Role.KOORDINATOR, None, "kecamatan", ids["Juai"])
        return one, ids, desa

    hasan, ids, desa = site.store.run(hire)
    visitor = await site.signed_in(hasan)
    text = (await visitor.get("/dasbor/ringkasan?waktu=2026-10")).text
    assert row(text, "Mungkur")
    assert not re.search("Batumandi|Babayau|Melati|Anggrek|Pak Budi", text)
    for path in ("ringkasan", "capaian", "sesi"):
        for wrong in (
            f"kecamatan={ids['Batumandi']}",
            f"desa={desa['Babayau']}",
            f"kecamatan={ids['Juai']}&desa={desa['Babayau']}",
        ):
            assert (await visitor.get(f"/dasbor/{path}?{wrong}")).status == 404, wrong
        assert (await visitor.get(f"/dasbor/{path}?kecamatan={10**30}")).status == 404
        assert (await visitor.get(f"/dasbor/{path}?kecamatan=1%20OR%201=1")).status == 404
        theirs = (await visitor.get(f"/dasbor/{path}?pendamping=Pak+Budi")).text
        assert not re.search("Melati|Anggrek", theirs)
    budi = await site.signed_in(site.village.budi)
    assert (await budi.get("/dasbor/ringkasan")).status == 403


async def test_script_text_stays_text(site: Site, ratna: Visitor):
    def spoil(tx):
        for table in (schema.kecamatan, schema.desa, schema.kelompok, schema.staff, schema.kabupaten):
            tx.conn.execute(table.update().values(name=table.c.name + SCRIPT))

    site.store.run(spoil)
    for path in (
        "ringkasan",
        "capaian",
        "sesi",
        "ringkasan?kecamatan=1&desa=1",
        f"ringkasan?pendamping={SCRIPT}",
        f"ringkasan?waktu={SCRIPT}",
    ):
        text = (await ratna.get(f"/dasbor/{path}")).text
        assert "&lt;script&gt;" in text
        assert "<script>alert" not in text


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, "–"), (0, 9, "0%"), (1, 900, "<1%"), (899, 900, ">99%"), (9, 9, "100%"), (1, 3, "33%")],
)
def test_shares_are_rounded_honestly(part: int, whole: int, said: str):
    assert charts.percent(part, whole) == said


def test_months_go_on_over_the_year():
    assert period.add("2026-11", 2) == "2027-01"
    assert period.add("2026-01", -1) == "2025-12"
    month = period.read("2026-01", SATURDAY)
    assert (month.before.key, month.after.key, month.as_quarter) == ("2025-12", "2026-02", "2026-T1")
    quarter = period.read("2026-T1", SATURDAY)
    assert (quarter.before.key, quarter.after.key, quarter.month) == ("2025-T4", "2026-T2", "2026-03")


async def test_every_scope_has_a_first_page_also_an_empty_one(site: Site):
    def hire(tx) -> list[StaffId]:
        desa = {r.name: r.id for r in tx.conn.execute(schema.desa.select())}
        empty = tx.conn.execute(
            insert(schema.desa).returning(schema.desa.c.id), {"kecamatan_id": 1, "name": "Kosong"}
        ).scalar_one()
        return [
            tx.people.add_staff("Bu Ani", Role.ADMIN, None, "kabupaten", site.village.kabupaten),
            tx.people.add_staff("Pak Desa", Role.KOORDINATOR, None, "desa", desa["Babayau"]),
            tx.people.add_staff("Bu Kosong", Role.KOORDINATOR, None, "desa", empty),
            tx.people.add_staff("Bu Baru", Role.PENDAMPING, None, "kelompok", 0),
        ]

    admin, desa, empty, new = site.store.run(hire)
    for who, seen in ((admin, "Per kecamatan"), (desa, "Per pendamping"), (empty, "Tidak ada kelompok di sini")):
        visitor = await site.signed_in(who)
        page = await visitor.get("/dasbor/ringkasan?waktu=2026-10")
        assert page.status == 200
        assert seen in page.text
        for path in ("capaian", "sesi"):
            assert (await visitor.get(f"/dasbor/{path}")).status == 200
    visitor = await site.signed_in(new)
    for path in ("hari-ini", "kelompok", "jadwal", "keluarga", "tindak-lanjut", "pertanyaan"):
        assert (await visitor.get(f"/dasbor/{path}")).status == 200, path
