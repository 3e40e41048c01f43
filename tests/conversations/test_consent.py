"""May we write to this number? Only after the family's own word, and never a line longer than it wishes."""

from __future__ import annotations

import pytest

from data.records import Consent, FamilyStatus
from handlers.consent import BUTTON, stopped_by_platform
from messages.envelope import Kind
from tests.support.chat import Chat, Someone, cast


def village(consent: bool | None = None) -> tuple[Chat, Someone, Someone]:
    """Pak Budi, and Siti whom nobody has asked yet."""
    chat = Chat("2026-11-23 08:00")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    return chat, budi, chat.kpm("Siti", "Melati 3", consent=consent)


def test_the_first_message_of_a_family_begins_the_introduction():
    _, budi, siti = village()
    siti.says("Assalamualaikum").hears(
        "consent.introduction",
        names="Ibu Siti",
        office="Dinas Sosial Kabupaten Balangan",
        pendamping="Pak Budi",
        desa="Babayau",
    ).showing("Kami tidak minta NIK, PIN, atau uang", "1 Boleh, 2 Tidak").hears_nothing()
    budi.hears_nothing()


@pytest.mark.parametrize(
    ("answer", "key", "state"),
    [
        ("1", "consent.yes", Consent.YES),
        ("boleh", "consent.yes", Consent.YES),
        ("Iya bu silakan", "consent.yes", Consent.YES),
        ("kawa", "consent.yes", Consent.YES),
        ("nggih", "consent.yes", Consent.YES),
        ("2", "consent.no", Consent.NO),
        ("tidak", "consent.no", Consent.NO),
        ("kada usah", "consent.no", Consent.NO),
        ("3", "consent.later", Consent.LATER),
        ("nanti saja", "consent.later", Consent.LATER),
        ("STOP PESAN", "consent.stopped", Consent.STOPPED),
    ],
)
def test_every_answer_to_the_introduction_is_remembered(answer, key, state):
    chat, _, siti = village()
    siti.says("halo").says(answer).hears(key).hears_nothing()
    assert chat.consent(siti) is state


@pytest.mark.parametrize(
    ("title", "key"), [("Boleh", "consent.yes"), ("Tidak", "consent.no"), ("Nanti saja", "consent.later")]
)
def test_the_buttons_mean_the_same(title, key):
    _, _, siti = village()
    siti.says("halo").taps(title).hears(key)


def test_an_answer_is_kept_with_its_time_and_the_version_of_the_words():
    chat, _, siti = village()
    siti.says("halo").says("boleh")
    row = chat.sql("SELECT state, wording, by_staff_id, at FROM consent").one()
    assert (row.state, row.wording, row.by_staff_id) == ("yes", "perkenalan-1", None)
    assert row.at == chat.now.timestamp() * 1000
    assert [(c.act, c.was, c.now) for c in chat.audit()] == [("consent", None, "yes")]


def test_an_unclear_answer_is_asked_once_more_and_then_shown_to_the_pendamping():
    chat, budi, siti = village()
    siti.says("halo").says("xyzzy")
    siti.hears("consent.asked_again")
    budi.hears_nothing()
    siti.says("plugh").hears("questions.passed_on", pendamping="Pak Budi")
    budi.hears("attendance.staff.unread", text="plugh", who="Ibu Siti")
    assert chat.consent(siti) is None
    siti.says("boleh").hears("consent.yes")


@pytest.mark.parametrize("words", ["Ini siapa?", "penipuan ya?", "dari mana ini?"])
def test_a_question_instead_of_an_answer_is_told_who_we_are_and_the_pendamping_hears_of_it(words):
    chat, budi, siti = village()
    siti.says("halo").says(words).hears("consent.who_we_are", pendamping="Pak Budi", desa="Babayau")
    budi.hears("questions.staff.asked_who", text=words)
    siti.taps("Boleh").hears("consent.yes")
    assert chat.consent(siti) is Consent.YES


def test_a_voice_note_as_an_answer_is_asked_again_kindly():
    _, budi, siti = village()
    siti.sends(Kind.VOICE).hears("consent.introduction")
    siti.sends(Kind.VOICE).hears("consent.asked_again")
    siti.sends(Kind.VOICE).hears("questions.media_plain")
    budi.hears("questions.staff.media", what="pesan suara")


def test_a_family_that_said_later_begins_with_mulai():
    chat, _, siti = village()
    siti.says("halo").says("nanti saja").hears("consent.later")
    siti.says("MULAI").hears("consent.started")
    assert chat.consent(siti) is Consent.YES


def test_mulai_from_a_number_that_was_never_asked_is_asked_first():
    chat, _, siti = village()
    siti.says("/start").hears("consent.introduction")
    assert chat.consent(siti) is None


def test_mulai_from_a_family_that_has_agreed_already_only_shows_the_menu():
    chat, _, siti = village(consent=True)
    siti.says("start").hears("help.kpm")
    assert chat.consent(siti) is Consent.YES


def test_stop_pesan_stops_at_once_and_says_that_membership_does_not_change():
    chat, _, siti = village(consent=True)
    siti.says("STOP PESAN").hears("consent.stopped").showing("Kepesertaan PKH dan bantuan tidak berubah", "MULAI")
    assert chat.consent(siti) is Consent.STOPPED
    siti.says("mulai").hears("consent.started")
    assert chat.consent(siti) is Consent.YES


def test_a_stop_that_whatsapp_tells_of_is_kept_once_as_stop_pesan_is_and_mulai_undoes_it():
    chat, _, siti = village(consent=True)
    ((address_id, _),) = chat.ask(lambda tx: tx.people.addresses_of(siti.id))
    for _ in range(2):
        chat.ask(lambda tx: stopped_by_platform(tx.people.at(address_id), tx))
    assert chat.consent(siti) is Consent.STOPPED
    kept = chat.ask(lambda tx: tx.audit.of(f"address:{address_id}"))
    assert [(one.act, one.was, one.now, one.why) for one in kept] == [("consent", "yes", "stopped", BUTTON)]
    siti.hears_nothing().says("mulai").hears("consent.started")
    assert chat.consent(siti) is Consent.YES


@pytest.mark.parametrize("words", ["stop", "Berhenti", "ampih", "jangan kirim lagi bu", "STOP PESAN!!"])
def test_stop_in_her_own_words(words):
    chat, _, siti = village(consent=True)
    siti.says(words).hears("consent.stopped")
    assert chat.consent(siti) is Consent.STOPPED


@pytest.mark.parametrize(
    "words", ["kalau berhenti PKH apa masih dapat bantuan?", "kapan hujan berhenti?", "jangan berhenti kirim ya"]
)
def test_a_question_with_the_word_berhenti_is_no_stop(words):
    chat, _, siti = village(consent=True)
    siti.says(words)
    assert "consent.stopped" not in siti.heard
    assert chat.consent(siti) is Consent.YES


def test_stop_cancels_what_waits_for_this_number_in_the_same_transaction():
    c = cast("2026-11-23 08:00")
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 07:59")
    c.siti.says("STOP PESAN").hears("consent.stopped")
    c.chat.at("2026-11-28 08:00")
    assert [key for key in c.siti.heard if key.startswith("reminders.")] == []
    c.wati.hears("reminders.meeting.invitation")


def test_stop_cancels_a_letter_that_lies_in_the_outbox():
    c = cast("2026-11-23 20:30")
    meeting = c.chat.meeting(starts="2026-11-27 09:00", announced="2026-11-23 08:00")
    c.chat.at("2026-11-24 08:01")
    c.siti.looks()
    c.chat.at("2026-11-24 21:40")
    c.budi.says("BATALKAN Melati 3; banjir").taps("Kirim")
    assert [row.key for row in c.chat.waiting("meetings.cancelled")] == ["meetings.cancelled"] * 2
    c.siti.says("stop pesan").hears("consent.stopped")
    states = {row.state for row in c.chat.outbox if row.key == "meetings.cancelled"}
    assert states == {"queued", "cancelled"}
    c.chat.at("2026-11-25 08:30")
    c.siti.hears_nothing()
    c.wati.hears("reminders.meeting.invitation").hears("meetings.cancelled")
    assert c.chat.meeting_now(meeting).cancelled


def test_stop_works_in_the_middle_of_untuk_siapa():
    chat, _, aminah = village(consent=True)
    chat.kpm("Rusmini", "Melati 3", phone=aminah.phone.address.value)
    chat.meeting(starts="2026-11-24 09:00")
    aminah.says("hadir").hears("attendance.who")
    aminah.says("STOP PESAN").hears("consent.stopped")
    assert set(chat.register().values()) == {"unknown"}
    aminah.says("berdua")
    assert set(chat.register().values()) == {"unknown"}


def test_stop_is_per_number():
    chat, _, siti = village(consent=True)
    other = chat.kpm("Wati", "Melati 3")
    siti.says("stop pesan")
    assert chat.consent(other) is Consent.YES


def test_nobody_is_written_to_before_consent():
    chat, budi, siti = village()
    later = chat.kpm("Wati", "Melati 3", consent=False)
    chat.at("2026-11-24 08:00")
    budi.says("JADWAL Melati 3; 28/11 09.00; Balai Desa; P2")
    budi.taps("Kirim")
    chat.at("2026-11-28 12:00")
    assert siti.inbox == []
    assert later.inbox == []


def test_who_agrees_after_the_invitations_went_out_hears_of_the_meeting_at_once():
    chat, _, siti = village()
    chat.meeting(starts="2026-11-24 09:00")
    siti.says("halo").hears("consent.introduction")
    siti.taps("Boleh").hears("consent.yes").hears("attendance.next", day="Selasa 24 November").hears_nothing()
    siti.taps("Bisa datang").hears("attendance.promised")


def test_who_agrees_before_the_invitations_waits_for_hers():
    chat, _, siti = village()
    chat.meeting(starts="2026-11-28 09:00", announced="now")
    siti.says("halo").taps("Boleh").hears("consent.yes").hears_nothing()
    chat.at("2026-11-25 08:00")
    siti.hears("reminders.meeting.invitation").hears_nothing()


# --- face to face


def test_setuju_enters_a_consent_given_face_to_face():
    chat, budi, siti = village()
    budi.says("SETUJU Siti").hears("consent.face.confirm", who="Ibu Siti", kelompok="Melati 3")
    assert chat.consent(siti) is None
    budi.says("ya").hears("consent.face.kept", who="Ibu Siti")
    assert chat.consent(siti) is Consent.YES
    row = chat.sql("SELECT wording, by_staff_id FROM consent").one()
    assert (row.wording, row.by_staff_id) == ("tatap-muka", budi.id)
    assert chat.audit()[-1].actor == f"staff:{budi.id}"
    siti.hears_nothing()


@pytest.mark.parametrize("words", ["setuju bu siti", "Setuju Siti Melati 3", "SETUJU ibu Siti"])
def test_setuju_in_other_words(words):
    _, budi, _ = village()
    budi.says(words).hears("consent.face.confirm", who="Ibu Siti")


def test_setuju_can_be_dropped():
    chat, budi, siti = village()
    budi.says("SETUJU Siti").says("batal").hears("consent.face.dropped")
    assert chat.consent(siti) is None


def test_setuju_cannot_undo_the_family_s_own_stop():
    chat, budi, siti = village(consent=True)
    siti.says("stop pesan")
    budi.says("SETUJU Siti").hears("consent.face.stopped")
    assert chat.consent(siti) is Consent.STOPPED


def test_setuju_finds_only_families_of_her_own_groups_with_a_phone():
    chat, budi, _ = village()
    chat.pendamping("Bu Rahma", "Anggrek 1")
    chat.kpm("Dewi", "Anggrek 1", consent=None)
    chat.kpm("Jumiati", "Melati 3", phone=None)
    budi.says("SETUJU Dewi").hears("consent.face.not_found")
    budi.says("SETUJU Jumiati").hears("consent.face.no_phone")
    budi.says("SETUJU").hears("consent.face.which")


def test_two_of_one_name_are_asked_apart():
    chat = Chat("2026-11-23 08:00")
    budi = chat.pendamping("Pak Budi", "Melati 3", "Melati 2")
    chat.kpm("Siti", "Melati 3", consent=None)
    other = chat.kpm("Siti", "Melati 2", consent=None)
    budi.says("SETUJU Siti").hears("consent.face.two").showing("Siti (Melati 2)", "Siti (Melati 3)")
    budi.says("SETUJU Siti Melati 2").hears("consent.face.confirm", kelompok="Melati 2").taps("Ya, setuju")
    assert chat.consent(other) is Consent.YES


# --- strangers, and families that are not (any longer) in the programme


def test_a_stranger_gets_one_dignified_line_and_no_names():
    chat, _, _ = village(consent=True)
    stranger = chat.stranger()
    stranger.says("halo, siapa pendamping di sini?").hears("consent.stranger").hiding("Budi", "Siti", "Babayau")
    stranger.says("halo?").hears_nothing()
    stranger.says("STOP").hears_nothing()
    chat.at("2026-12-01 09:00")
    stranger.says("halo").hears("consent.stranger")


@pytest.mark.parametrize("status", [FamilyStatus.CALON, FamilyStatus.GRADUASI, FamilyStatus.NONAKTIF])
def test_a_family_that_is_not_active_is_answered_and_not_invited(status):
    chat, _, _ = village()
    former = chat.kpm("Norma", "Melati 3", status=status)
    chat.meeting(starts="2026-11-24 09:00")
    former.hears_nothing().says("hadir").hears("consent.inactive").hears_nothing()
    former.says("STOP PESAN").hears("consent.stopped")
    assert "Norma" not in chat.register()


def test_a_wrong_number_is_let_go_after_it_was_asked_and_the_pendamping_knows():
    chat, budi, siti = village(consent=True)
    chat.meeting(starts="2026-11-28 09:00", announced="now")
    siti.says("maaf salah nomor").hears("questions.wrong_number_sure").hears_nothing()
    assert chat.consent(siti) is Consent.YES
    siti.says("2").hears("questions.right_number")
    siti.says("salah sambung bu").hears("questions.wrong_number_sure").says("1").hears("questions.wrong_number")
    budi.hears("questions.staff.wrong_number", who="Ibu Siti").hears_nothing()
    assert chat.consent(siti) is Consent.STOPPED
    assert [change.act for change in chat.audit(f"kpm:{siti.id}")] == ["address.unlinked"]
    siti.says("halo").hears("consent.stranger")
    chat.at("2026-11-27 12:00")
    assert "reminders.meeting.invitation" not in siti.heard


@pytest.mark.parametrize("answer", ["1", "salah nomor bu, ini bukan siti"])
def test_a_wrong_number_may_say_so_before_anything_was_agreed(answer):
    chat, budi, siti = village()
    siti.says("halo").says("salah nomor").hears("questions.wrong_number_sure").says(answer)
    siti.hears("questions.wrong_number")
    budi.hears("questions.staff.wrong_number")
    assert chat.consent(siti) is None


def test_a_blocked_number_is_not_written_to_until_it_writes_again():
    c = cast("2026-11-23 08:00")
    c.siti.sends(Kind.BLOCKED).hears_nothing()
    c.chat.meeting(starts="2026-11-27 10:00", announced="now")
    c.chat.at("2026-11-24 09:00")
    c.siti.hears_nothing()
    c.siti.says("jadwal").hears("attendance.next")
