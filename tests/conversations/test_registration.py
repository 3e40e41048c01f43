"""How does a Telegram chat find its family? Her own number decides, else her pendamping does; a code alone, never."""

from __future__ import annotations

import re

import pytest

from data.invitations import ALPHABET, LENGTH
from data.records import Role
from handlers import router
from handlers.registration import commands_for
from handlers.registration.links import TELEGRAM_USERNAME, WHATSAPP_NUMBER
from messages.envelope import Kind
from tests.support.chat import Cast, Chat, Someone, cast


@pytest.fixture
def village() -> Cast:
    """Monday; the bot is known to Telegram as like_pkh_bot."""
    made = cast()
    with made.chat.tx() as tx:
        tx.settings.keep(TELEGRAM_USERNAME, "like_pkh_bot")
        tx.settings.keep(WHATSAPP_NUMBER, "6281199990000")
    return made


def invited(village: Cast, words: str = "UNDANG Melati 3") -> str:
    """The code that Pak Budi gets."""
    village.budi.says(words)
    link = village.budi.unread[0].params["how"]
    village.budi.looks()
    return link.removeprefix("https://t.me/like_pkh_bot?start=")


def shares(who: Someone, phone: str | None, *, own: bool = True) -> Someone:
    """She presses the keyboard's button, or forwards a contact of her address book."""
    return who._does(Kind.CONTACT, phone=phone, own_contact=own)


def number(who: Someone) -> str:
    assert who.address is not None
    return f"+{who.address.value}"


# --- the invitation


def test_undang_gives_a_link_a_picture_and_a_poster_for_a_whole_kelompok(village):
    village.budi.says("UNDANG Melati 3").hears("registration.invite.kelompok", kelompok="Melati 3")
    village.budi.showing("https://t.me/like_pkh_bot?start=", "Rabu, 23 Desember 2026")
    village.budi.hears("registration.invite.print").hears_nothing()
    picture, document = [row.attachment for row in village.chat.outbox[-2:]]
    assert (picture["kind"], document["kind"]) == ("invitation_qr", "invitation_poster")
    assert picture["params"]["pendamping"] == "Pak Budi"
    assert picture["params"]["whatsapp"] == "https://wa.me/6281199990000?text=Halo"
    assert picture["params"]["number"] == "0811-9999-0000"


def test_codes_are_long_fit_a_link_and_never_come_twice(village):
    codes = {invited(village) for _ in range(20)}
    assert len(codes) == 20
    assert all(re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", code) for code in codes)
    assert len(ALPHABET) ** LENGTH >= 2**80
    assert LENGTH <= 24


def test_before_the_bots_name_is_known_the_code_is_told_as_words():
    made = cast()
    made.budi.says("UNDANG Wati").hears("registration.invite.family", who="Ibu Wati").showing("kirim /start ")
    assert made.chat.outbox[-1].attachment["params"]["telegram"] is None


def test_undang_for_two_of_a_name_asks_which_and_sees_only_ones_own_groups(village):
    village.chat.kelompok("Melati 1")
    village.chat.sql("UPDATE kelompok SET pendamping_id = 1 WHERE name = 'Melati 1'")
    village.chat.kpm("Wati", "Melati 1")
    village.budi.says("UNDANG Wati").hears("registration.invite.two", example="Wati Melati 1")
    village.budi.says("undang wati melati 3").hears("registration.invite.family", kelompok="Melati 3")
    village.budi.says("UNDANG Dewi").hears("registration.invite.not_found", name="Dewi")
    village.budi.says("UNDANG Anggrek 1").hears("registration.invite.not_found")
    village.budi.says("UNDANG").hears("registration.invite.which")
    village.ratna.says("UNDANG Melati 3").hears("help.staff_unknown")


# --- her own number


@pytest.mark.parametrize("words", ["UNDANG Melati 3", "UNDANG Siti"])
def test_her_own_number_of_the_roster_opens_the_door_and_the_introduction_begins(village, words):
    phone = village.chat.stranger(channel="telegram")
    code = invited(village, words)
    phone.says(f"/start {code}").hears("registration.welcome", kelompok="Melati 3", pendamping="Pak Budi")
    phone.hiding("Siti", "Wati").hears_nothing()
    shares(phone, number(village.siti)).hears("consent.introduction", names="Ibu Siti").hears_nothing()
    phone.taps("Boleh").hears("consent.yes", names="Ibu Siti")
    village.budi.hears_nothing()
    changes = [change for change in village.chat.audit(f"kpm:{village.siti.id}") if change.act == "address.linked"]
    assert len(changes) == 1


def test_a_number_written_as_at_home_is_the_same_number(village):
    phone = village.chat.stranger(channel="telegram")
    phone.says(f"/start {invited(village)}")
    at_home = "0" + number(village.siti).removeprefix("+62")
    shares(phone, at_home).hears("consent.introduction", names="Ibu Siti")


def test_a_shared_phone_is_shared_on_telegram_too(village):
    aminah = village.chat.kpm("Aminah")
    village.chat.kpm("Rusmini", phone=number(aminah))
    phone = village.chat.stranger(channel="telegram")
    phone.says(f"/start {invited(village)}")
    shares(phone, number(aminah)).hears("consent.introduction", names="Ibu Aminah dan Ibu Rusmini")


def test_somebody_elses_contact_is_refused_kindly(village):
    phone = village.chat.stranger(channel="telegram")
    phone.says(f"/start {invited(village)}")
    shares(phone, number(village.siti), own=False).hears("registration.not_own").hears_nothing()
    assert not village.chat.ask(lambda tx: tx.people.who(phone.address).kpms)
    phone.says("ini nomor saya").hears("registration.share_first")
    phone.says("Tidak jadi").hears("registration.dropped")
    shares(phone, number(village.siti)).hears("consent.stranger")


def test_a_family_code_is_for_one_chat_and_a_kelompok_code_for_many(village):
    wati, kelompok = invited(village, "UNDANG Wati"), invited(village)
    first, second, third = (village.chat.stranger(channel="telegram") for _ in range(3))
    first.says(f"/start {wati}")
    second.says(f"/start {wati}")
    shares(first, number(village.wati)).hears("consent.introduction", names="Ibu Wati")
    shares(second, number(village.wati)).hears("registration.expired")
    third.says(f"/start {wati}").hears("registration.expired")
    third.says(f"/start {kelompok}").hears("registration.welcome")
    shares(third, number(village.siti)).hears("consent.introduction", names="Ibu Siti")


def test_a_code_is_good_for_thirty_days_and_not_a_minute_more(village):
    code = invited(village)
    early, late = (village.chat.stranger(channel="telegram") for _ in range(2))
    village.chat.sleeps_until("2026-12-23 07:59")
    early.says(f"/start {code}").hears("registration.welcome")
    village.chat.sleeps_until("2026-12-23 08:00")
    late.says(f"/start {code}").hears("registration.expired")
    shares(early, number(village.siti)).hears("registration.expired")


def test_an_invitation_dies_with_the_familys_membership(village):
    code = invited(village, "UNDANG Wati")
    village.chat.sql("UPDATE kpm SET status = 'graduasi' WHERE name = 'Wati'")
    village.chat.stranger(channel="telegram").says(f"/start {code}").hears("registration.expired")


# --- the pendamping decides


def asking(village: Cast, name: str, phone: str | None = "+6281155554521") -> Someone:
    """A chat with a number that stands in no roster, which has written this name."""
    chat = village.chat.stranger(channel="telegram")
    chat.says(f"/start {invited(village)}")
    shares(chat, phone).hears("registration.ask_name")
    return chat.says(name)


def test_a_new_number_waits_for_the_pendamping_who_says_yes_once(village):
    chat = asking(village, "nama saya Wati").hears("registration.waiting", pendamping="Pak Budi").hears_nothing()
    village.budi.hears("registration.staff.ask", who="Wati", kelompok="Melati 3", phone="berakhir 4521")
    chat.says("bagaimana?").hears("registration.waiting")
    chat.looks()
    village.budi.taps("Terima").hears("registration.staff.accepted", who="Ibu Wati").hears_nothing()
    chat.hears("consent.introduction", names="Ibu Wati").hears_nothing()
    village.budi.taps("Terima").hears("registration.staff.settled").hears_nothing()
    chat.hears_nothing()
    chat.taps("Boleh").hears("consent.yes", names="Ibu Wati")
    assert len([c for c in village.chat.audit(f"kpm:{village.wati.id}") if c.act == "address.linked"]) == 1


def test_a_stranger_learns_nothing_from_the_answer(village):
    """The same words for a name of the kelompok, one that is not in it, and one of another kelompok."""
    texts = set()
    for name in ("Wati", "Rukayah", "Dewi"):
        texts.add(asking(village, name).hears("registration.waiting").hears_nothing().inbox[-1].text)
    assert len(texts) == 1


def test_a_name_that_fits_nobody_or_two_is_matched_by_number(village):
    village.chat.kpm("Siti Aminah")
    village.chat.kpm("Siti Rahmah")
    chat = asking(village, "Rukayah")
    village.budi.hears("registration.staff.ask_which", name="Rukayah")
    ref = village.budi.last.params["ref"]
    chat.looks()
    village.budi.says(f"DAFTARKAN {ref} Siti R").hears("registration.staff.not_found")
    village.budi.says(f"DAFTARKAN {ref}").hears("registration.staff.who", ref=ref)
    village.budi.says(f"DAFTARKAN {ref} siti rahmah").hears("registration.staff.accepted", who="Ibu Siti Rahmah")
    chat.hears("consent.introduction", names="Ibu Siti Rahmah")
    village.budi.says(f"DAFTARKAN {ref} Siti Aminah").hears("registration.staff.settled")
    village.budi.says("DAFTARKAN Siti").hears("registration.staff.no_request")


def test_a_refused_chat_is_told_where_to_go_and_cannot_press_on(village):
    chat = asking(village, "Wati").looks()
    village.budi.taps("Bukan").hears("registration.staff.refused")
    chat.hears("registration.refused").hears_nothing()
    chat.says(f"/start {invited(village)}").hears("registration.refused")
    village.budi.taps("Terima").hears("registration.staff.settled")
    chat.hears_nothing()
    village.chat.at("2026-11-24 08:01")
    chat.says(f"/start {invited(village)}").hears("registration.welcome")


def test_a_family_code_from_the_pendampings_own_hand_ends_a_refusal(village):
    chat = asking(village, "Wati")
    village.budi.taps("Bukan")
    chat.looks().says(f"/start {invited(village, 'UNDANG Wati')}").hears("registration.welcome")


def test_a_family_code_without_a_matching_number_asks_for_her_and_is_spent(village):
    code = invited(village, "UNDANG Wati")
    chat, other = (village.chat.stranger(channel="telegram") for _ in range(2))
    chat.says(f"/start {code}")
    shares(chat, "+6281155550000").hears("registration.waiting")
    village.budi.hears("registration.staff.ask", who="Wati", phone="berakhir 0000")
    other.says(f"/start {code}").hears("registration.expired")
    chat.says(f"/start {code}").hears("registration.waiting")
    village.budi.says(f"DAFTARKAN {village.budi.inbox[-1].params['ref']}").hears("registration.staff.accepted")


def test_a_question_ends_when_it_is_known_whose_chat_it_is(village):
    chat = asking(village, "Siti")
    chat.says(f"/start {invited(village)}").hears("registration.waiting")
    chat.says(f"/start {invited(village, 'UNDANG Wati')}").hears("registration.welcome")
    shares(chat, number(village.wati)).hears("consent.introduction", names="Ibu Wati")
    village.budi.taps("Terima").hears("registration.staff.settled")
    chat.hears_nothing()


def test_only_the_pendamping_of_that_kelompok_decides(village):
    asking(village, "Wati")
    ref = village.budi.last.params["ref"]
    for button in (f"join.yes:{ref}", f"join.no:{ref}", "join.yes:999", "join.yes:", "join.yes:x' --"):
        village.rahma.presses(button).hears("registration.staff.no_request")
    village.rahma.says(f"DAFTARKAN {ref} Wati").hears("registration.staff.no_request")
    village.siti.presses(f"join.yes:{ref}").hears("attendance.not_yours")
    village.budi.taps("Terima").hears("registration.staff.accepted")


def test_a_family_that_left_meanwhile_is_not_linked(village):
    asking(village, "Wati")
    village.chat.sql("UPDATE kpm SET status = 'nonaktif' WHERE name = 'Wati'")
    village.budi.taps("Terima").hears("registration.staff.who")


def test_a_kelompok_without_a_pendamping_asks_the_admins(village):
    admin = village.chat.admin("Pak Amin")
    chat = village.chat.stranger(channel="telegram")
    chat.says(f"/start {invited(village)}")
    village.chat.sql("UPDATE kelompok SET pendamping_id = NULL")
    shares(chat, "+6281155550000")
    chat.says("Wati").hears("registration.waiting", pendamping="pendamping")
    admin.hears("registration.staff.ask", who="Wati")
    admin.taps("Terima").hears("registration.staff.accepted")


@pytest.mark.parametrize("words", ["", "x", "081155554521", "a" * 41, "https://t.me/x", "6371012345678901"])
def test_what_is_no_name_is_asked_again(village, words):
    chat = asking(village, "")
    chat.says(words) if words else chat.sends(Kind.STICKER)
    chat.hears("registration.ask_name").hears_nothing()
    village.budi.hears_nothing()
    assert village.chat.grep("6371012345678901") == []


# --- guessing


def test_five_wrong_codes_a_day_then_silence_and_one_note(village):
    admin = village.chat.admin("Pak Amin")
    code = invited(village)
    chat, other = (village.chat.stranger(channel="telegram") for _ in range(2))
    for n in range(5):
        chat.says(f"/start salah{n}").hears("registration.unknown_code").hears_nothing()
    admin.hears("registration.staff.guessing", count="5").hears_nothing()
    chat.says("/start salah6").hears_nothing()
    chat.says(f"/start {code}").hears_nothing()
    admin.hears_nothing()
    other.says("/start salah").hears("registration.unknown_code")
    village.chat.at("2026-11-24 07:59")
    chat.says(f"/start {code}").hears_nothing()
    village.chat.at("2026-11-24 08:00")
    chat.says(f"/start {code}").hears("registration.welcome")


def test_four_wrong_codes_are_forgiven(village):
    admin = village.chat.admin("Pak Amin")
    chat = village.chat.stranger(channel="telegram")
    for _ in range(4):
        chat.says("/start salah").hears("registration.unknown_code")
    admin.hears_nothing()
    chat.says(f"/start {invited(village)}").hears("registration.welcome")


# --- who is not meant


def test_start_without_a_code_gets_the_one_dignified_line(village):
    chat = village.chat.stranger(channel="telegram")
    chat.says("/start").hears("consent.stranger").hears_nothing()
    chat.says("/start").hears_nothing()


def test_whatsapp_never_sees_registration(village):
    code = invited(village)
    village.chat.stranger().says(f"/start {code}").hears("consent.stranger")
    village.siti.says(f"/start {code}").hiding("registration")
    assert not any(key.startswith("registration") for key in village.siti.heard)


def test_a_chat_that_is_known_already_is_told_so(village):
    siti = village.chat.kpm("Siti Aisyah", channel="telegram")
    siti.says(f"/start {invited(village)}").hears("registration.already")
    village.budi.looks()


def test_a_second_family_joins_a_known_chat_by_its_own_code(village):
    hers = village.chat.kpm("Aminah", channel="telegram")
    hers.says(f"/start {invited(village, 'UNDANG Wati')}").hears("registration.welcome")
    hers.says("jadwal").hears("attendance.no_meeting")
    shares(hers, number(village.wati)).hears("registration.linked", names="Ibu Wati")


# --- staff


def staff_code(village: Cast, who: Someone) -> str:
    return village.chat.ask(lambda tx: tx.invitations.create(staff_id=who.id).code)


def test_a_member_of_staff_comes_in_with_the_number_of_the_office_list(village):
    chat = village.chat.stranger(channel="telegram")
    code = staff_code(village, village.budi)
    chat.says(f"/start {code}").hears("registration.welcome_staff").hiding("Budi")
    shares(chat, "+6281155550000").hears("registration.staff_mismatch")
    chat.says(f"/start {code}")
    shares(chat, number(village.budi)).hears("registration.staff_linked", name="Pak Budi")
    chat.says("/menu").hears("help.pendamping")
    village.chat.stranger(channel="telegram").says(f"/start {code}").hears("registration.expired")


def test_the_code_of_somebody_who_left_opens_nothing(village):
    code = staff_code(village, village.budi)
    with village.chat.tx() as tx:
        tx.people.remove_staff(village.budi.id)
    village.chat.stranger(channel="telegram").says(f"/start {code}").hears("registration.expired")


# --- check-in by QR


def test_the_link_of_the_day_is_hadir_with_the_code(village):
    hers = village.chat.kpm("Aminah", channel="telegram")
    village.chat.at("2026-11-23 08:10")
    village.chat.meeting("Melati 3", starts="09:00")
    village.chat.at("08:31")
    hers.looks().says("/start hadir-4821").hears("attendance.claimed_with_code")
    assert village.chat.register()["Aminah"] == "claimed"
    village.chat.stranger(channel="telegram").says("/start hadir-4821").hears("registration.check_in_unknown")


@pytest.mark.parametrize(
    ("clock", "key"),
    [
        ("08:29", "registration.code.not_yet"),
        ("08:30", "registration.code.picture"),
        ("11:00", "registration.code.picture"),
        ("11:01", "registration.code.none"),
    ],
)
def test_the_picture_of_the_code_comes_only_while_check_in_is_open(village, clock, key):
    village.chat.meeting("Melati 3", starts="09:00")
    village.chat.at(clock)
    village.budi.looks().says("KODE Melati 3").hears(key, kelompok="Melati 3").hears_nothing()


def test_the_picture_carries_both_links(village):
    village.chat.meeting("Melati 3", starts="09:00")
    village.chat.at("08:30")
    village.budi.looks().says("kode").hears("registration.code.picture", code="4821")
    params = village.chat.outbox[-1].attachment["params"]
    assert params["whatsapp"] == "https://wa.me/6281199990000?text=HADIR%204821"
    assert params["telegram"] == "https://t.me/like_pkh_bot?start=hadir-4821"
    village.budi.says("KODE Anggrek 1").hears("registration.code.not_found", kelompok="Melati 3")
    village.rahma.says("KODE").hears("registration.code.none", kelompok="dampingan")


# --- Telegram's menu


@pytest.mark.parametrize("role", [Role.PENDAMPING, Role.KOORDINATOR, Role.ADMIN])
def test_every_command_of_staff_is_a_word_of_the_router(role):
    words = {name for word in router.STAFF_WORDS if role in word.roles for name in word.words}
    commands = [command for command, _ in commands_for(role)]
    assert [c for c in commands if c.replace("_", " ") not in words] == []
    assert len(set(commands)) == len(commands)


@pytest.mark.parametrize("command", [command for command, _ in commands_for(Role.KPM)])
def test_every_command_of_a_family_is_understood(command):
    chat = Chat("2026-11-23 08:00")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti", channel="telegram")
    chat.meeting("Melati 3", starts="2026-11-25 09:00")
    siti.looks().says(f"/{command}")
    assert siti.unread
    assert not siti.unread[0].key.startswith(("questions.passed_on", "attendance.ask_again"))
    budi.hears_nothing()


@pytest.mark.parametrize("role", list(Role))
def test_telegram_takes_the_commands(role):
    for command, description in commands_for(role):
        assert re.fullmatch(r"[a-z0-9_]{1,32}", command)
        assert 1 <= len(description) <= 256
