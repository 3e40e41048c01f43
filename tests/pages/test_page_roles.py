"""Does every page open for its roles only, and within them only for one's own? And does it end with the role?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.dashboard import PAGES
from data.records import Audience, Role
from handlers import registration
from handlers.rules import permissions
from messages.envelope import StaffId
from tests.support.pages import Site, served

LEVELS = ("desa", "kecamatan", "kabupaten")
SENT = {"revision": 0, "marks": {}, "undo": {}, "catatan": "sehat", "jawaban": "besok", "jawab": "besok"}
SENT |= {"waktu": "2026-T4", "bentuk": "kesehatan"}


@pytest.fixture
async def site(sqlite) -> AsyncIterator[Site]:
    async with served(sqlite) as running:
        yield running


def test_the_table_names_every_page_and_the_pages_keep_to_it():
    assert {f"{method} {path}": roles for method, path, roles, _ in PAGES} == dict(permissions.PAGES)


def everybody(site: Site) -> dict[str, tuple[StaffId, Role]]:
    """One of each: the pendamping whose groups they are, another one, koordinators of three levels, the admin."""

    def add(tx) -> dict[str, tuple[StaffId, Role]]:
        area = tx.people.kelompok(site.village.melati1)
        places = dict(zip(LEVELS, (area.desa_id, area.kecamatan_id, area.kabupaten_id), strict=True))
        made = {
            level: (tx.people.add_staff(f"Bu {level}", Role.KOORDINATOR, None, level, place), Role.KOORDINATOR)
            for level, place in places.items()
        }
        admin = tx.people.add_staff("Pak Amin", Role.ADMIN, None, "kabupaten", area.kabupaten_id)
        return {**made, "admin": (admin, Role.ADMIN)}

    village = site.village
    own = {"own": (village.budi, Role.PENDAMPING), "other": (village.dewi, Role.PENDAMPING)}
    return {**own, **site.store.run(add)}


async def test_every_page_by_every_role_about_ones_own_and_anothers(site: Site):
    village, meeting = site.village, site.meeting()
    numbers = {"kelompok": village.melati1, "meeting": meeting.id, "kpm": village.kpms["Siti"]}

    born = {"relation": "anak", "component": "anak_usia_dini", "born": date(2026, 3, 20)}
    numbers["member"] = site.store.run(lambda tx: tx.obligations.add_member(numbers["kpm"], name="Hafiz", **born))

    def photo(tx) -> int:
        tx.reports.add_picture(meeting.id, village.melati1, b"small")
        return tx.reports.photos(meeting.id, village.melati1)[-1].id

    def announced(tx) -> None:
        by = tx.people.staff(village.budi)
        numbers["file"] = tx.broadcasts.files.keep(by.id, "image/jpeg", b"x")
        times = [(tx.now + timedelta(days=n), tx.now + timedelta(days=n, hours=2)) for n in (1, 2)]
        numbers["proposal"] = tx.proposals.add(by.id, village.melati1, times, tx.now, times[0][0]).id
        numbers["broadcast"] = tx.broadcasts.add(by, "biasa", "semua", Audience(), "Halo.", tx.now).id

    site.store.run(announced)

    def question(tx) -> int:
        who = village.kpm(tx, "Siti")
        (address_id, _) = tx.people.addresses_of(who.id)[0]
        return tx.questions.add(address_id, "question", "?", topic="data", kpm_id=who.id, kelompok_id=who.kelompok_id)

    wrong: list[tuple[object, ...]] = []
    for name, (staff_id, role) in everybody(site).items():
        visitor = await site.signed_in(staff_id)
        for act, roles in permissions.PAGES.items():
            method, _, path = act.partition(" ")
            if "question" in path:
                numbers["question"] = site.store.run(question)
            if "photo" in path:
                numbers["photo"] = site.store.run(photo)
            for what, number in numbers.items():
                path = path.replace(f"{{{what}:int}}", str(number))
            path = path.replace("{form}", "pdf")
            answer = await (visitor.get(f"/dasbor{path}") if method == "GET" else visitor.post(f"/dasbor{path}", SENT))
            about = ":int}" in act and (name == "other" or ("/siaran/" in act and name != "own"))
            about = about or ("bukti" in act and name == "desa")
            expected = {403} if role not in roles else {404, 409} if about else {200, 303, 400, 422}
            if answer.status not in expected:
                wrong.append((name, act, answer.status, expected))
            if (role not in roles or about) and "Siti" in answer.text:
                wrong.append((name, act, "shows a name"))
    assert wrong == []


async def test_a_lost_phone_ends_every_page_at_once(site: Site):
    budi, again = await site.signed_in(site.village.budi), await site.signed_in(site.village.budi)

    def lose(tx) -> None:
        who = tx.people.staff(site.village.budi)
        registration.revoke(tx, who, "cli", "staff.revoked")

    site.store.run(lose)
    assert [(await one.get("/dasbor/menu")).status for one in (budi, again)] == [401, 401]
