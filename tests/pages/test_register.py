"""Does the register on the page do what ABSEN does, keep to its scope, and let nobody overwrite somebody else?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from data.records import Mark, Meeting
from data.schema import COUNTS
from data.summary import recount
from tests.support.pages import Site, Visitor, served
from tests.support.village import SATURDAY


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        yield running


class Sheet:
    """One register as one browser sees it."""

    def __init__(self, site: Site, visitor: Visitor, meeting: Meeting, kelompok_id: int) -> None:
        self.site, self.visitor, self.meeting, self.kelompok_id = site, visitor, meeting, kelompok_id
        self.path = f"/dasbor/kelompok/{kelompok_id}/pertemuan/{meeting.id}"

    def wishes(self, **marks: tuple[str | None, str | None]) -> dict[str, Any]:
        kpms = self.site.village.kpms
        return {str(kpms[name]): {"mark": mark, "seen": seen} for name, (mark, seen) in marks.items()}

    async def save(self, **marks: tuple[str | None, str | None]):
        return await self.visitor.post(f"{self.path}/simpan", {"revision": 0, "marks": self.wishes(**marks)})

    async def take_back(self, reopen: bool, **marks: tuple[str | None, str | None]):
        sent = {"revision": 0, "marks": self.wishes(**marks), "reopen": reopen}
        return await self.visitor.post(f"{self.path}/urungkan", sent)

    def marks(self) -> dict[str, str | None]:
        found = self.site.store.run(lambda tx: tx.attendance.register(self.meeting, self.kelompok_id))
        return {e.kpm.name: e.mark.value if e.mark else None for e in found}


@pytest.fixture
async def sheet(site: Site) -> Sheet:
    meeting = site.meeting()
    return Sheet(site, await site.signed_in(site.village.budi), meeting, site.village.melati1)


def tally(site: Site) -> dict[str, int]:
    """The aggregate of Melati 1, which must equal a recount."""
    found = site.store.run(lambda tx: recount(tx.conn, "2026-11")[site.village.melati1])
    total = site.store.run(lambda tx: tx.summary.recap("2026-11", "kelompok", None).rows)
    (line,) = [row for row in total if row.name == "Melati 1"]
    assert {name: getattr(line, name) for name in COUNTS} == found
    return found


async def test_saving_writes_the_marks_the_audit_and_hands_it_in_as_absen_does(site: Site, sheet: Sheet):
    page = await sheet.visitor.get(sheet.path)
    assert page.status == 200
    assert "Jumiati" in page.text
    assert "tanpa HP" in page.text
    answer = await sheet.save(Siti=("hadir", None), Wati=("sakit", None), Aminah=("hadir", None))
    assert answer.json()["saved"] == {"changed": 3, "first": True, "others": []}
    assert sheet.marks() == {"Siti": "hadir", "Wati": "sakit", "Aminah": "hadir", "Jumiati": None}
    found = tally(site)
    assert (found["held"], found["expected"], found["hadir"], found["sakit"]) == (1, 4, 2, 1)
    subject = f"meeting:{sheet.meeting.id}:kpm:{site.village.kpms['Siti']}"
    (change,) = site.store.run(lambda tx: tx.audit.of(subject))
    assert (change.actor, change.act, change.was, change.now, change.why) == (
        f"staff:{site.village.budi}",
        "attendance.mark",
        "belum diketahui",
        "hadir",
        "daftar hadir",
    )
    corrected = await sheet.save(Siti=("izin", "hadir"))
    assert corrected.json()["saved"]["first"] is False
    assert site.store.run(lambda tx: tx.audit.of(subject))[-1].why == "perbaikan"
    assert "Sudah diserahkan" in (await sheet.visitor.get(sheet.path)).text


async def test_taking_back_the_first_save_leaves_the_meeting_as_it_was(site: Site, sheet: Sheet):
    before = tally(site)
    await sheet.save(Siti=("hadir", None), Wati=("alpa", None))
    answer = await sheet.take_back(True, Siti=(None, "hadir"), Wati=(None, "alpa"))
    assert answer.json()["closed"] == ""
    assert set(sheet.marks().values()) == {None}
    assert tally(site) == before


async def test_a_line_that_changed_meanwhile_is_left_alone_and_shown(site: Site, sheet: Sheet):
    village = site.village
    await sheet.save(Siti=("hadir", None))
    site.store.run(
        lambda tx: tx.attendance.mark_all(
            sheet.meeting, village.melati1, {village.kpms["Siti"]: Mark.SICK}, village.dewi
        )
    )
    answer = await sheet.save(Siti=("izin", "hadir"), Wati=("hadir", None))
    assert answer.json()["saved"]["others"] == [village.kpms["Siti"]]
    assert sheet.marks()["Siti"] == "sakit"
    assert sheet.marks()["Wati"] == "hadir"
    (line,) = [row for row in answer.json()["rows"] if row["name"] == "Siti"]
    assert (line["mark"], line["by"]) == ("sakit", "Bu Dewi")
    again = await sheet.save(Wati=("hadir", None))  # the answer to a save was lost on the way
    assert again.json()["saved"] == {"changed": 0, "first": False, "others": []}


async def test_an_open_page_learns_what_others_did_and_else_nothing(site: Site, sheet: Sheet):
    first = await sheet.visitor.get(f"{sheet.path}/isi")
    tag = first.headers["etag"]
    assert (await sheet.visitor.get(f"{sheet.path}/isi", headers={"if-none-match": tag})).status == 304
    await sheet.save(Siti=("hadir", None))
    assert (await sheet.visitor.get(f"{sheet.path}/isi", headers={"if-none-match": tag})).status == 200


async def test_not_before_the_meeting_nor_after_it_was_moved_or_cancelled(site: Site, sheet: Sheet):
    site.at(SATURDAY - timedelta(minutes=1))
    assert (await sheet.save(Siti=("hadir", None))).status == 409
    site.at(SATURDAY + timedelta(minutes=5))
    assert (await sheet.visitor.post(f"{sheet.path}/simpan", {"revision": 1, "marks": {}})).status == 409
    assert (await sheet.save()).status == 422
    site.store.run(lambda tx: tx.meetings.cancel(sheet.meeting, "banjir <b>"))
    assert (await sheet.save(Siti=("hadir", None))).status == 409
    page = (await sheet.visitor.get(sheet.path)).text
    assert "banjir &lt;b&gt;" in page
    assert set(sheet.marks().values()) == {None}


async def test_another_pendampings_register_is_not_there(site: Site, sheet: Sheet):
    village = site.village
    joint = site.meeting(village.melati2, village.anggrek1)
    dewi = await site.signed_in(village.dewi)
    wrong = [
        f"/dasbor/kelompok/{village.melati1}/pertemuan/{sheet.meeting.id}",
        f"/dasbor/kelompok/{village.melati2}/pertemuan/{joint.id}",
        f"/dasbor/kelompok/{village.anggrek1}/pertemuan/{sheet.meeting.id}",
        f"/dasbor/kelompok/{10**30}/pertemuan/{10**30}",
        "/dasbor/kelompok/0/pertemuan/0",
    ]
    for path in wrong:
        assert (await dewi.get(path)).status == 404, path
        assert (await dewi.get(f"{path}/isi")).status == 404
        marks = sheet.wishes(Siti=("hadir", None), Halimah=("hadir", None))
        for act in ("simpan", "urungkan"):
            assert (await dewi.post(f"{path}/{act}", {"revision": 0, "marks": marks})).status == 404
    hers = Sheet(site, dewi, joint, village.anggrek1)
    answer = await hers.save(Nur=("hadir", None), Halimah=("hadir", None), Siti=("hadir", None))
    assert answer.json()["saved"]["changed"] == 1  # families of other groups are not on her register
    assert Sheet(site, dewi, joint, village.melati2).marks() == {"Halimah": None, "Rusmini": None}
    ratna = await site.signed_in(village.ratna)
    assert (await ratna.get(hers.path)).status == 403


@pytest.mark.parametrize(
    "marks",
    [
        None,
        [],
        {"x": {"mark": "hadir", "seen": None}},
        {"1": "hadir"},
        {"1": {"mark": "HADIR; DROP", "seen": None}},
        {"1": {"mark": 7, "seen": None}},
        {"1": {"mark": {"a": 1}, "seen": []}},
        {"9" * 60: {"mark": "hadir", "seen": None}},
    ],
)
async def test_what_no_page_would_send_is_refused(sheet: Sheet, marks: Any):
    assert (await sheet.visitor.post(f"{sheet.path}/simpan", {"revision": 0, "marks": marks})).status == 400
    assert set(sheet.marks().values()) == {None}


async def test_a_body_that_is_too_large_or_no_json_is_refused(sheet: Sheet):
    big = {"revision": 0, "marks": {}, "more": "x" * 300_000}
    assert (await sheet.visitor.post(f"{sheet.path}/simpan", big)).status == 413
    assert (await sheet.visitor.post(f"{sheet.path}/simpan", ["a list"])).status == 400


async def test_what_people_wrote_stays_text(site: Site, sheet: Sheet):
    village = site.village
    script = "<script>alert(1)</script>"

    def spoil(tx):
        from sqlalchemy import update

        from data.schema import attendance, kelompok, kpm, meeting, staff

        tx.attendance.open_register(sheet.meeting, village.melati1)
        tx.conn.execute(update(kpm).where(kpm.c.id == village.kpms["Siti"]).values(name=f"Siti {script}"))
        tx.conn.execute(update(kelompok).values(name=kelompok.c.name + script))
        tx.conn.execute(update(meeting).values(place=script, title=f"{script}'\"{{{{7*7}}}}"))
        tx.conn.execute(update(staff).values(name=staff.c.name + script))
        tx.conn.execute(
            update(attendance).where(attendance.c.kpm_id == village.kpms["Wati"]).values(represented_by=script)
        )

    site.store.run(spoil)
    for path in (sheet.path, "/dasbor/hari-ini", "/dasbor/menu", site.link(village.budi)):
        text = (await sheet.visitor.get(path)).text
        assert "&lt;script&gt;" in text, path
        assert "<script>alert" not in text
