"""Is the audit found on its page by those who may, and does looking and taking away leave a line?"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

import openpyxl
import pytest

from data.records import Role
from messages.envelope import StaffId
from tests.support.pages import Site, Visitor, served
from tests.support.village import plan_meeting

DAYS = "sejak=2026-11-01&sampai=2026-11-30"


@pytest.fixture
async def site(database) -> AsyncIterator[Site]:
    async with served(database) as running:
        running.store.run(lambda tx: history(tx, running))
        yield running


def history(tx, site: Site) -> None:
    """A line of each kind of subject in Melati 1, one in Anggrek 1, and one that belongs to no kelompok."""
    village = site.village
    siti, nur, budi = village.kpms["Siti"], village.kpms["Nur"], f"staff:{village.budi}"
    meeting = plan_meeting(tx, village, village.melati1, village.anggrek1).id
    (address_id, _), *_ = tx.people.addresses_of(siti)
    tx.audit.write(budi, "attendance.mark", f"meeting:{meeting}:kpm:{siti}", None, "hadir", "salah =1+1")
    tx.audit.write(budi, "attendance.mark", f"meeting:{meeting}:kpm:{nur}", "hadir", "alpa")
    tx.audit.write(f"address:{address_id}", "consent", f"address:{address_id}", "yes", "stopped", "v1")
    tx.audit.write(budi, "meeting.cancelled", f"meeting:{meeting}", None, None, "=HYPERLINK(1)")
    tx.audit.write(budi, "family.data", f"kpm:{siti}", None, "hamil HPL 12-04-2027")
    tx.audit.write("cli", "backup.made", "backup", None, "900 baris")


async def of_role(site: Site, role: Role, level: str = "kabupaten", of: int = 0) -> tuple[StaffId, Visitor]:
    who = site.store.run(lambda tx: tx.people.add_staff(f"Bu {level}", role, None, level, of))
    return who, await site.signed_in(who)


async def rows(visitor: Visitor, asked: str = "") -> list[list[str]]:
    answer = await visitor.get(f"/dasbor/jejak.csv?{DAYS}&{asked}")
    assert answer.status == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))[1:]


async def test_an_admin_finds_everything_by_who_what_where_whom_and_when(site: Site):
    _, visitor = await of_role(site, Role.ADMIN)
    village = site.village

    async def acts(asked: str = "") -> list[str]:
        return [row[2] for row in await rows(visitor, asked) if "jejak" not in row[2] and row[2] != "masuk ke halaman"]

    every = ["cadangan dibuat", "data keluarga diubah", "pertemuan dibatalkan", "persetujuan pesan"]
    assert await acts() == [*every, "tanda hadir", "tanda hadir"]
    assert await acts("jenis=kehadiran") == ["tanda hadir"] * 2
    assert await acts(f"siapa={village.budi}") == [*every[1:3], "tanda hadir", "tanda hadir"]
    assert await acts("siapa=keluarga") == ["persetujuan pesan"]
    assert await acts("siapa=kantor") == ["cadangan dibuat"]
    assert await acts(f"kelompok={village.anggrek1}") == ["pertemuan dibatalkan", "tanda hadir"]
    assert await acts("keluarga=siti") == [every[1], every[3], "tanda hadir"]
    assert await acts(f"keluarga={village.kpms['Nur']}") == ["tanda hadir"]
    assert await acts("keluarga=%25") == []
    assert [row for row in await rows(visitor, "&sejak=2026-11-29") if row[2] == "tanda hadir"] == []
    shown = (await visitor.get(f"/dasbor/jejak?{DAYS}")).text
    assert "Pak Budi" in shown
    assert "hamil HPL" in shown
    assert "Siti" not in shown


async def test_a_koordinator_finds_her_own_area_without_families_and_their_health(site: Site):
    area = site.store.run(lambda tx: tx.people.kelompok(site.village.anggrek1))
    _, visitor = await of_role(site, Role.KOORDINATOR, "desa", area.desa_id)
    found = [row for row in await rows(visitor) if row[1] == "Pak Budi"]
    assert [(row[2], row[3]) for row in found] == [
        ("pertemuan dibatalkan", found[0][3]),
        ("tanda hadir", "keluarga, Anggrek 1"),
    ]
    assert await rows(visitor, f"kelompok={site.village.melati1}") == []
    everywhere = await site.signed_in(site.village.ratna)
    hers = {row[2]: row for row in await rows(everywhere)}
    assert hers["data keluarga diubah"][5] == "(tidak ditampilkan)"
    assert hers["persetujuan pesan"][1:4] == ["HP keluarga", "persetujuan pesan", "HP keluarga, Melati 1"]
    assert "cadangan dibuat" not in hers
    assert (await rows(everywhere, "keluarga=Siti"))[0][2] == "jejak diambil"  # not hers to ask: all of her area


async def test_a_pendamping_may_not(site: Site):
    budi = await site.signed_in(site.village.budi)
    assert [(await budi.get(f"/dasbor/jejak{end}")).status for end in ("", ".csv", ".xlsx")] == [403] * 3


async def test_looking_and_taking_away_leave_a_line_and_no_formula_leaves(site: Site):
    who, visitor = await of_role(site, Role.ADMIN)
    await visitor.get(f"/dasbor/jejak?{DAYS}&jenis=siaran&keluarga=Siti")
    whys = {row[6] for row in await rows(visitor)}
    assert {"'=HYPERLINK(1)", "salah =1+1"} <= whys
    lines = site.store.run(lambda tx: tx.audit.of("audit"))
    assert [(one.actor, one.act) for one in lines] == [
        (f"staff:{who}", "audit.viewed"),
        (f"staff:{who}", "audit.exported"),
    ]
    assert lines[0].now == "2026-11-01 sampai 2026-11-30, siaran, satu keluarga, 0 baris"
    async with visitor.http.get(f"{site.base}/dasbor/jejak.xlsx?{DAYS}") as answer:
        book = openpyxl.load_workbook(io.BytesIO(await answer.read()))
    cells = [cell for row in book["Jejak"].iter_rows() for cell in row]
    assert "=HYPERLINK(1)" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n"}


async def test_page_by_page_nothing_is_left_out_or_shown_twice(site: Site):
    def many(tx) -> None:
        for number in range(90):
            tx.audit.write("cli", "quiz.item", f"item:{number}")

    site.store.run(many)
    _, visitor = await of_role(site, Role.ADMIN)
    path, seen = f"/dasbor/jejak?{DAYS}&jenis=pemahaman", []
    for _ in range(3):
        text = (await visitor.get(path)).text
        seen += [piece.split("<")[0] for piece in text.split("<small>item ")[1:]]
        path = (
            text.split('href="/dasbor/jejak?')[-1].split('"')[0].replace("&amp;", "&") if "lebih lama" in text else ""
        )
        path = f"/dasbor/jejak?{path}"
    assert seen == [str(n) for n in range(89, -1, -1)]
    for odd in (
        "sejak=0001-01-01",
        "sejak=9999-12-31&sampai=x",
        "sebelum=abc",
        "siapa=%00",
        "kelompok=99999999999999999",
    ):
        assert (await visitor.get(f"/dasbor/jejak?{odd}")).status == 200
