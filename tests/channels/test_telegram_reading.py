"""What does the bot make of Telegram's updates? Real shapes, invented people."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Notice
from bot.channels.telegram import reading
from messages.envelope import Address, Inbound, Kind
from tests.channels.conftest import NOW
from tests.channels.shaken import JSON, shaken
from tests.channels.test_whatsapp_reading import sound

SENT = int((NOW - timedelta(seconds=3)).timestamp())
AT = datetime.fromtimestamp(SENT, UTC)
SITI: dict[str, Any] = {"id": 811000001, "is_bot": False, "first_name": "Siti", "language_code": "id"}
CHAT = {"id": 811000001, "first_name": "Siti", "type": "private"}
GROUP = {"id": -1001234567890, "title": "Melati 3", "type": "supergroup"}
BOT = {"id": 99, "is_bot": True, "first_name": "P2K2", "username": "p2k2_bot"}
FILE = {"file_id": "F1", "file_unique_id": "U1"}
VIDEO = FILE | {"width": 4, "height": 3, "duration": 2}


def message(**part: Any) -> dict[str, Any]:
    return {"update_id": 500, "message": {"message_id": 12, "from": SITI, "chat": CHAT, "date": SENT, **part}}


def pressed(data: str | None = "rsvp.yes:41.7", chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    asked = {"message_id": 11, "from": BOT, "chat": chat, "date": SENT - 900, "text": "Bisa datang?"}
    query = {"id": "4382bfdwdsb323b2d9", "from": SITI, "chat_instance": "7", "message": asked}
    return {"update_id": 501, "callback_query": query | ({"data": data} if data else {"game_short_name": "g"})}


def member(status: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    def of(state: str) -> dict[str, Any]:
        return {"user": BOT, "status": state} | ({"until_date": 0} if state == "kicked" else {})

    change = {"chat": chat, "from": SITI, "date": SENT, "old_chat_member": of("member"), "new_chat_member": of(status)}
    return {"update_id": 502, "my_chat_member": change}


def reacted(*emoji: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    new = [{"type": "emoji", "emoji": e} for e in emoji]
    reaction = {"chat": chat, "user": SITI, "message_id": 11, "date": SENT, "old_reaction": [], "new_reaction": new}
    return {"update_id": 503, "message_reaction": reaction}


def parse(payload: Any, received: datetime = NOW) -> list[Any]:
    return reading.read(payload, received)


def contact(phone: str, user_id: int | None = SITI["id"]) -> dict[str, Any]:
    return {"phone_number": phone, "first_name": "Siti"} | ({"user_id": user_id} if user_id else {})


MESSAGES = {
    "text": (message(text="hadir bu"), {"text": "hadir bu"}),
    "a command": (message(text="/start A7K2"), {"text": "/start A7K2"}),
    "an answer to a message": (
        message(text="ya", reply_to_message={"message_id": 11, "chat": CHAT, "date": SENT, "text": "?"}),
        {"text": "ya", "reply_to": "11"},
    ),
    "her own contact": (
        message(contact=contact("62811000001")),
        {"kind": Kind.CONTACT, "phone": "+62811000001", "own_contact": True},
    ),
    "her own contact with a plus": (
        message(contact=contact("+62 811-0000-01")),
        {"kind": Kind.CONTACT, "phone": "+62811000001", "own_contact": True},
    ),
    "somebody else's contact": (
        message(contact=contact("0811000002", 811000002)),
        {"kind": Kind.CONTACT, "phone": "0811000002", "own_contact": False},
    ),
    "a contact without Telegram": (
        message(contact=contact("+62811000002", None)),
        {"kind": Kind.CONTACT, "phone": "+62811000002", "own_contact": False},
    ),
    "a voice message": (message(voice=FILE | {"duration": 4}), {"kind": Kind.VOICE, "media": "F1"}),
    "a sound": (message(audio=FILE | {"duration": 4}), {"kind": Kind.VOICE, "media": "F1"}),
    "a picture, the largest of its sizes": (
        message(
            photo=[FILE | {"width": 90, "height": 60}, FILE | {"file_id": "F2", "width": 900, "height": 600}],
            caption="surat",
        ),
        {"kind": Kind.IMAGE, "media": "F2", "text": "surat"},
    ),
    "a document": (message(document=FILE | {"file_name": "kk.pdf"}), {"kind": Kind.DOCUMENT, "media": "F1"}),
    "a sticker": (
        message(sticker=FILE | {"type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}),
        {"kind": Kind.STICKER, "media": "F1"},
    ),
    "a location": (
        message(location={"latitude": -2.3, "longitude": 115.6}),
        {"kind": Kind.LOCATION, "location": "-2.300000,115.600000"},
    ),
    "a video": (message(video=VIDEO, caption="hadir"), {"kind": Kind.OTHER, "media": "F1", "text": "hadir"}),
    "a moving picture, which is a document too": (
        message(animation=VIDEO, document=FILE),
        {"kind": Kind.OTHER, "media": "F1"},
    ),
    "a die": (message(dice={"emoji": "🎲", "value": 3}), {"kind": Kind.OTHER}),
}


@pytest.mark.parametrize(("payload", "expected"), MESSAGES.values(), ids=MESSAGES)
def test_every_kind_of_message_becomes_an_inbound(payload, expected):
    assert parse(payload) == [Inbound("telegram", f"500:{SENT}", Address("telegram", "811000001"), AT, **expected)]


def one(payload: Any) -> Inbound:
    [found] = parse(payload)
    assert isinstance(found, Inbound)
    return found


def test_a_button_brings_its_id_and_the_query_that_wants_an_answer():
    assert one(pressed()) == Inbound(
        "telegram",
        f"501:{SENT - 900}",
        Address("telegram", "811000001"),
        NOW,
        Kind.BUTTON,
        button="rsvp.yes:41.7",
        reply_to="11",
        callback="4382bfdwdsb323b2d9",
    )


def test_a_button_of_a_message_too_old_to_see_still_counts():
    old = pressed()
    old["callback_query"]["message"] = {"chat": CHAT, "message_id": 11, "date": 0}
    assert (one(old).event, one(old).button, one(old).sender.value) == ("501:0", "rsvp.yes:41.7", "811000001")
    del old["callback_query"]["message"]
    assert (one(old).kind, one(old).sender.value, one(old).at) == (Kind.BUTTON, "811000001", NOW)


def test_a_button_without_data_is_answered_and_does_nothing():
    found = one(pressed(None))
    assert (found.kind, found.button, found.callback) == (Kind.OTHER, None, "4382bfdwdsb323b2d9")


@pytest.mark.parametrize(("status", "kind"), [("kicked", Kind.BLOCKED), ("member", Kind.UNBLOCKED)])
def test_blocking_and_unblocking_are_events(status, kind):
    assert (one(member(status)).kind, one(member(status)).at) == (kind, AT)


def test_a_reaction_is_read_with_the_message_it_is_for():
    found = one(reacted("👍"))
    assert (found.kind, found.text, found.reply_to, found.event) == (Kind.REACTION, "👍", "11", f"503:{SENT}")
    assert one(reacted()).text == ""


@pytest.mark.parametrize(
    "payload",
    [
        message(text="hadir", chat=GROUP),
        pressed(chat=GROUP),
        member("member", GROUP),
        reacted("👍", chat=GROUP),
        {"update_id": 1, "channel_post": {"message_id": 1, "chat": GROUP, "date": SENT, "text": "x"}},
    ],
)
def test_a_group_is_a_group_whatever_happens_in_it(payload):
    found = one(payload)
    assert (found.kind, found.sender.value) == (Kind.GROUP, "-1001234567890")
    assert found.text == ""
    assert found.button is None


def test_a_pressed_button_in_a_group_still_wants_its_answer():
    assert one(pressed(chat=GROUP)).callback == "4382bfdwdsb323b2d9"


def test_a_group_that_moves_names_its_new_chat():
    moved = message(chat={"id": -55, "title": "Melati 3", "type": "group"}, migrate_to_chat_id=-1009)
    assert parse(moved) == [Notice("chat_migrated", "-55", "-1009")]


@pytest.mark.parametrize("field", ["edited_channel_post", "edited_business_message"])
def test_edits_elsewhere_are_ignored(field):
    assert parse({"update_id": 500, field: message(text="tidak hadir")["message"] | {"edit_date": SENT}}) == []


def test_of_an_edit_only_that_is_known_and_a_place_that_moves_is_none():
    edited = message(text="tidak hadir")["message"] | {"edit_date": SENT}
    found = one({"update_id": 500, "edited_message": edited})
    assert (found.kind, found.text) == (Kind.EDITED, "")
    moving = {**edited, "location": {"latitude": -2.3, "longitude": 115.4}}
    del moving["text"]
    assert parse({"update_id": 501, "edited_message": moving}) == []


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"update_id": 7, "poll_answer": {"poll_id": "1", "user": SITI, "option_ids": [0]}}, "811000001"),
        ({"update_id": 7, "of_next_year": {"from": SITI, "chat": CHAT}}, "811000001"),
        ({"update_id": 7, "message": {"from": SITI, "text": "no chat"}}, "811000001"),
    ],
)
def test_an_unknown_kind_is_an_inbound_of_kind_other(payload, expected):
    found = one(payload)
    assert (found.kind, found.sender.value, found.event, found.at) == (Kind.OTHER, expected, "7:0", NOW)


def test_words_without_a_date_are_read_all_the_same():
    found = one({"update_id": 7, "message": {"from": SITI, "chat": CHAT, "text": "hadir bu"}})
    assert (found.kind, found.text, found.event, found.at) == (Kind.TEXT, "hadir bu", "7:0", NOW)


def test_an_update_from_nobody_is_noticed_and_answers_nobody():
    poll = {"update_id": 7, "poll": {"id": "1"}}
    assert parse(poll) == [Notice("update", "7", "poll")]
    assert parse({"update_id": 7}) == [Notice("update", "7", "")]


@pytest.mark.parametrize("payload", [{}, [], None, "x", {"update_id": None}, {"update_id": True}, {"update_id": 1.5}])
def test_what_is_no_update_is_nothing(payload):
    assert parse(payload) == []


def test_a_time_is_never_in_the_future():
    ahead = message(text="hadir", date=int(NOW.timestamp()) + 3600)
    assert one(ahead).at == NOW
    assert one(ahead).event == f"500:{int(NOW.timestamp()) + 3600}"


def test_a_message_quoted_a_thousand_times_in_itself_is_read():
    deep = message(text="hadir")
    inner = deep["message"]
    for _ in range(2000):
        inner["reply_to_message"] = {"message_id": 1, "chat": CHAT, "date": SENT}
        inner = inner["reply_to_message"]
    assert (one(deep).sender.value, one(deep).text) == ("811000001", "hadir")


@given(JSON)
@settings(deadline=None)
def test_no_json_makes_it_fall(payload):
    assert sound(parse(payload))


PAYLOADS = [*(p for p, _ in MESSAGES.values()), pressed(), member("kicked"), reacted("👍"), message(chat=GROUP)]


@given(st.sampled_from(PAYLOADS).flatmap(lambda p: shaken(copy.deepcopy(p))))
@settings(deadline=None, max_examples=500)
def test_no_change_anywhere_in_a_real_update_makes_it_fall(payload):
    assert sound(parse(payload))
