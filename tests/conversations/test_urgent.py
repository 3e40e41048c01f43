"""Is danger answered at once, whoever writes it wherever and whenever, and a loss quietly?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.records import FamilyStatus
from messages.envelope import Kind, KpmId, KpmTo, Outbound
from tests.support.chat import cast

DANGER = [
    "anak saya kejang bu tolong",
    "ulun perdarahan",
    "saya dipukul suami",
    "aku pengen mati wae",
    "bayi ulun lamas",
]


@pytest.mark.parametrize("words", DANGER)
def test_danger_is_answered_at_any_hour_and_the_pendamping_hears_of_it(words):
    c = cast("2026-11-23 02:10")
    c.siti.says(words).hears("urgent.danger", pendamping="Pak Budi").showing("119", "129").hiding(words.split()[1])
    c.siti.hears_nothing()
    c.budi.hears("urgent.staff.danger", who="Ibu Siti", kelompok="Melati 3", text=words).hears_nothing()
    assert c.budi.last.at.hour == 2
    for other in (c.wati, c.dewi, c.rahma, c.ratna):
        other.hears_nothing()


def test_danger_goes_before_every_open_question():
    c = cast("2026-11-23 08:00")
    c.chat.meeting(starts="2026-11-24 09:00")
    c.chat.kpm("Rusmini", phone=c.wati.phone.address.value)
    c.wati.says("hadir").hears("attendance.who").says("tolong, Rusmini pingsan").hears("urgent.danger")
    c.siti.says("tidak bisa").hears("attendance.declined_why").says("anak sesak napas").hears("urgent.danger")
    c.siti.says("TANYA").hears("questions.ask").says("suami ulun kecelakaan").hears("urgent.danger")
    c.siti.sends(Kind.IMAGE, "bayi kejang bu").hears("urgent.danger").hears_nothing()
    assert c.chat.register()["Rusmini"] == "unknown"


def test_danger_is_answered_whatever_was_agreed():
    c = cast()
    new = c.chat.kpm("Norma", consent=None)
    former = c.chat.kpm("Lina", status=FamilyStatus.GRADUASI)
    c.siti.says("STOP PESAN").says("saya diancam suami").hears("urgent.danger")
    new.says("anak saya kejang").hears("urgent.danger").hears_nothing()
    former.says("anak saya kejang").hears("urgent.danger")
    c.chat.stranger().says("anak saya kejang").hears("urgent.danger_stranger").hears_nothing()
    assert [letter.params["who"] for letter in c.budi.inbox] == ["Ibu Siti", "Ibu Norma", "Ibu Lina"]


def test_the_numbers_of_the_kabupaten_come_first():
    c = cast()
    with c.chat.tx() as tx:
        tx.settings.keep_urgent_contacts("0811-0000-0900 (bidan desa)")
    c.siti.says("ulun perdarahan").hears("urgent.danger").showing("telepon 0811-0000-0900 (bidan desa), 119")


def test_without_a_pendamping_the_koordinator_hears_that_but_not_what():
    c = cast()
    c.chat.sql("UPDATE kelompok SET pendamping_id = NULL WHERE name = 'Melati 3'")
    c.siti.says("saya dipukul suami").hears("urgent.danger", pendamping="Pendamping")
    c.ratna.hears("urgent.staff.danger_unassigned", who="Ibu Siti").hiding("dipukul")


def test_an_urgent_message_stands_first_in_the_list_and_can_be_answered():
    c = cast()
    c.wati.says("boleh bawa anak?")
    c.siti.says("ulun perdarahan")
    c.budi.says("TANYA").looks()
    assert c.budi.last.params["lines"].startswith("2. Ibu Siti (Melati 3), DARURAT")
    c.budi.quotes("urgent.staff.danger", "Saya jalan ke sana sekarang").hears("questions.staff.answered")
    c.siti.hears("urgent.danger").hears("questions.answer")


@pytest.mark.parametrize("words", ["saya keguguran bu", "kada ada lagi bayinya", "anak ulun meninggal tadi malam"])
def test_a_loss_is_answered_quietly_and_its_reminders_stop(words):
    c = cast()
    later = c.chat.now + timedelta(days=1)
    with c.chat.tx() as tx:
        for kpm in (c.siti, c.wati):
            letter = Outbound(KpmTo(KpmId(kpm.id)), "obligations.due", {}, not_before=later, kpms=[KpmId(kpm.id)])
            tx.outbox.put(letter)
    c.siti.says(words).hears("urgent.loss", names="Ibu Siti", pendamping="Pak Budi").hears_nothing()
    c.budi.hears("urgent.staff.loss", text=words).hears_nothing()
    assert [row.state for row in c.chat.outbox if row.key == "obligations.due"] == ["cancelled", "queued"]
    assert [change.act for change in c.chat.audit(f"kpm:{c.siti.id}")] == ["loss.reported"]


def test_a_death_at_home_is_also_a_reason_not_to_come():
    c = cast()
    c.chat.meeting(starts="2026-11-24 09:00")
    c.siti.says("maaf bu ga bisa hadir, ibu saya meninggal").hears("urgent.loss").hears_nothing()
    c.budi.hears("urgent.staff.loss").hears_nothing()
    entry = c.chat.entries()["Siti"]
    assert (entry.answer.value, entry.reason) == ("declined", "duka")
    c.wati.says("ga bisa hadir, tetangga meninggal").hears("attendance.declined", reason="sedang berduka")
    c.budi.hears_nothing()


def test_a_dead_card_is_no_loss():
    c = cast()
    c.siti.says("KIS anak ulun mati bu").hears("questions.passed_on")
