"""Can somebody try out codes, or be present for a neighbour who stayed at home?"""

from __future__ import annotations

import pytest

from tests.support.chat import Cast, cast


@pytest.fixture
def door() -> Cast:
    c = cast("2026-11-28 09:05")
    c.chat.meeting("Melati 3", starts="09:00")
    return c


def entry(c: Cast, name: str):
    return c.chat.entries()[name]


# --- guessing


def test_after_five_wrong_codes_an_hour_even_the_right_one_counts_for_nothing(door):
    for n in range(1111, 1116):
        door.siti.says(str(n)).hears("attendance.wrong_code").hears_nothing()
    door.budi.looks()
    assert door.budi.heard.count("attendance.staff.guessing") == 1
    door.siti.says("4821").hears("attendance.code_enough", pendamping="Pak Budi").hears_nothing()
    door.siti.says("hadir 4821").hears("attendance.claimed")
    assert (entry(door, "Siti").answer.value, entry(door, "Siti").code) == ("claimed", False)
    door.wati.says("4821").hears("attendance.claimed_with_code")
    door.budi.hears_nothing()
    door.rahma.hears_nothing()
    door.chat.at("10:04")
    door.siti.says("4821").hears("attendance.code_enough")
    door.chat.at("10:05")
    door.siti.says("4821").hears("attendance.claimed_with_code")
    assert [one.act for one in door.chat.audit() if one.act == "code.guessing"] == ["code.guessing"]


def test_four_wrong_codes_are_forgiven(door):
    for n in range(1111, 1115):
        door.siti.says(f"hadir {n}")
    door.budi.hears_nothing()
    door.siti.says("4821").hears("attendance.claimed_with_code")


# --- titip absen


def test_the_code_from_a_neighbours_phone_is_no_claim_of_hers(door):
    door.wati.says("Siti hadir 4821").hears("questions.passed_on")
    assert (entry(door, "Siti").answer.value, entry(door, "Siti").code) == ("unknown", False)
    door.wati.says("Siti dan Wati hadir 4821").hears("attendance.claimed_with_code", names="Ibu Wati")
    assert (entry(door, "Siti").answer.value, entry(door, "Wati").answer.value) == ("unknown", "claimed")
    assert ("unread", "Siti hadir 4821") in door.chat.questions()


def test_the_code_in_another_village_opens_nothing(door):
    door.dewi.says("Siti hadir 4821").hears("attendance.no_meeting")
    assert entry(door, "Siti").answer.value == "unknown"


def test_a_claim_from_a_phone_of_two_families_is_shown_as_one_of_that_phone():
    door = cast("2026-11-28 09:05")
    assert door.siti.address is not None
    rusmini = door.chat.kpm("Rusmini", phone=door.siti.address.value)
    door.chat.meeting("Melati 3", starts="09:00")
    rusmini.says("Rusmini hadir 4821").hears("attendance.claimed_with_code", names="Ibu Rusmini")
    assert (entry(door, "Rusmini").claim_by, entry(door, "Rusmini").code) == ("HP bersama", True)
    door.wati.says("hadir 4821")
    assert entry(door, "Wati").claim_by is None
    door.budi.says("ABSEN Melati 3").hears("attendance.register.open").showing(
        "Rusmini: mengaku hadir, kode cocok, lewat HP bersama", "3. Wati: mengaku hadir, kode cocok"
    )


def test_whatever_a_phone_says_only_the_pendamping_makes_it_hadir(door):
    for words in ("hadir 4821", "4821", "saya sudah datang"):
        door.siti.says(words)
    assert entry(door, "Siti").mark is None
