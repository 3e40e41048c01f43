"""The ketua kelompok hands in claims for her own kelompok, marked as hers."""

from __future__ import annotations

import pytest

from tests.support.chat import Cast, cast


@pytest.fixture
def door() -> Cast:
    """Siti is ketua; the meeting of Melati 3 has begun. Dewi's kelompok meets at the same hour."""
    c = cast("2026-11-28 09:05", ketua=True)
    c.chat.kpm("Aminah", "Melati 3", phone=None)
    c.chat.kpm("Siti Rahmah", "Melati 3")
    c.chat.meeting("Melati 3", starts="09:00")
    c.chat.meeting("Anggrek 1", starts="09:00", place="Balai Batumandi")
    return c


@pytest.mark.parametrize(
    "words", ["HADIR Wati, Aminah", "hadir: bu Wati dan bu Aminah", "Wati, Aminah hadir", "hdr wati\naminah"]
)
def test_a_list_of_names_becomes_claims_marked_as_hers(door, words):
    door.siti.says(words).hears("attendance.ketua.kept", names="Ibu Siti").hears_nothing()
    assert door.chat.register() == {"Aminah": "claimed", "Siti": "unknown", "Siti Rahmah": "unknown", "Wati": "claimed"}
    entry = door.chat.entries()["Aminah"]
    assert (entry.claim_by, entry.code, entry.mark) == ("ketua Siti", False, None)
    door.wati.hears_nothing()


def test_her_own_name_in_the_list_is_her_own_claim(door):
    door.siti.says("HADIR Siti, Wati").hears("attendance.ketua.kept", who="Ibu Siti dan Ibu Wati")
    assert (door.chat.entries()["Siti"].claim_by, door.chat.entries()["Wati"].claim_by) == (None, "ketua Siti")


def test_a_plain_hadir_is_only_hers(door):
    door.siti.says("hadir").hears("attendance.claimed", names="Ibu Siti")
    assert door.chat.register()["Wati"] == "unknown"


def test_what_a_family_claimed_itself_stays(door):
    door.wati.says("4821").hears("attendance.claimed_with_code")
    door.siti.says("HADIR Wati, Aminah")
    entry = door.chat.entries()["Wati"]
    assert (entry.code, entry.claim_by) == (True, None)


def test_a_code_in_the_list_proves_nothing_for_others(door):
    door.siti.says("HADIR Wati, Aminah 4821")
    assert [entry.code for entry in door.chat.entries().values()] == [False] * 4


def test_unknown_names_are_told_back(door):
    door.siti.says("HADIR Wati, Rukayah").hears("attendance.ketua.unknown", who="Ibu Wati", unknown="Rukayah")
    assert door.chat.register()["Wati"] == "claimed"


def test_only_unknown_names_are_no_claim_of_hers(door):
    door.siti.says("HADIR Rukayah").hears("attendance.ketua.nobody", unknown="Rukayah")
    assert set(door.chat.register().values()) == {"unknown"}


def test_many_unknown_names_still_fit_into_a_letter(door):
    names = ", ".join(f"Namaorangyangsangatpanjangsekali{n}" for n in "abcdefgh")
    door.siti.says(f"HADIR Wati, {names}").hears("attendance.ketua.unknown").showing("dan 5 lagi")


def test_a_name_of_another_kelompok_is_unknown(door):
    door.siti.says("HADIR Wati, Dewi").hears("attendance.ketua.unknown", unknown="Dewi")
    assert door.chat.register("Anggrek 1") == {"Dewi": "unknown"}


def test_a_negation_in_the_list_is_no_name(door):
    door.siti.says("HADIR Wati, Aminah tidak hadir").hears("attendance.ketua.unknown", who="Ibu Wati")
    assert door.chat.register()["Aminah"] == "unknown"


def test_before_check_in_the_list_has_to_wait():
    c = cast("2026-11-28 08:29", ketua=True)
    c.chat.meeting(starts="09:00")
    c.siti.says("HADIR Wati").hears("attendance.ketua.not_open", opens="08.30 WITA")
    assert c.chat.register()["Wati"] == "unknown"
    c.chat.at("08:30")
    c.siti.says("HADIR Wati").hears("attendance.ketua.kept")


def test_after_the_meeting_the_list_is_a_note():
    c = cast("2026-11-28 08:29", ketua=True)
    c.chat.meeting(starts="09:00")
    c.chat.at("11:30")
    c.siti.says("HADIR Wati").hears("attendance.too_late")
    assert c.chat.register()["Wati"] == "unknown"


def test_without_a_meeting_the_list_is_answered():
    c = cast("2026-11-28 08:29", ketua=True)
    c.siti.says("HADIR Wati").hears("attendance.no_meeting")


def test_who_is_no_ketua_claims_for_nobody_else(door):
    door.wati.says("HADIR Siti, Aminah")
    assert door.chat.register()["Siti"] == "unknown"
    assert door.chat.register()["Aminah"] == "unknown"


def test_the_audit_names_the_number_that_handed_it_in(door):
    door.siti.says("HADIR Aminah")
    aminah = door.chat.entries()["Aminah"].kpm.id
    [change] = door.chat.audit(f"meeting:1:kpm:{aminah}")
    assert (change.now, change.why) == ("claimed", "ketua")
    assert change.actor.startswith("address:")
