"""What does the bot make of Meta's webhooks? Real shapes, invented people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Notice
from bot.channels.whatsapp import WhatsApp
from messages.envelope import Address, Inbound, Kind, Status, StatusUpdate
from tests.channels.conftest import NOW, SITI
from tests.channels.shaken import JSON, shaken

SENT = int((NOW - timedelta(seconds=3)).timestamp())
AT = datetime.fromtimestamp(SENT, UTC)
CHANNEL = WhatsApp("token", "106540352242922", "102290129340398")
SITI_AT = Address("whatsapp", SITI)
CONTACT = {"profile": {"name": "Siti"}, "wa_id": SITI}
BSUID = "ID.13491208655302741918"


def message(sort: str, part: Any = None, **more: Any) -> dict[str, Any]:
    """The message `sort`, as Siti sends it."""
    return {"from": SITI, "id": "wamid.A", "timestamp": str(SENT), "type": sort, sort: part} | more


def posted(*messages: dict[str, Any], contacts: list[dict[str, Any]] | None = None, **value: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "628110009999", "phone_number_id": "106540352242922"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    if messages:
        value |= {"contacts": [CONTACT] if contacts is None else contacts, "messages": list(messages)}
    return changed("messages", value)


def changed(field: str, value: Any) -> dict[str, Any]:
    changes = [{"value": value, "field": field}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": changes}]}


def parse(payload: Any, received: datetime = NOW) -> list[Inbound | StatusUpdate | Notice]:
    return CHANNEL.parse(payload, received)


MESSAGES = {
    "text": (message("text", {"body": "hadir bu"}), {"kind": Kind.TEXT, "text": "hadir bu"}),
    "a quick reply of a template": (
        message("button", {"payload": "rsvp.yes:41.7", "text": "Bisa datang"}, context={"id": "wamid.OURS"}),
        {"kind": Kind.BUTTON, "button": "rsvp.yes:41.7", "text": "Bisa datang", "reply_to": "wamid.OURS"},
    ),
    "a reply button": (
        message("interactive", {"type": "button_reply", "button_reply": {"id": "consent.yes", "title": "Boleh"}}),
        {"kind": Kind.BUTTON, "button": "consent.yes", "text": "Boleh"},
    ),
    "a row of a list": (
        message("interactive", {"type": "list_reply", "list_reply": {"id": "who:3", "title": "Wati"}}),
        {"kind": Kind.BUTTON, "button": "who:3", "text": "Wati"},
    ),
    "a form": (
        message("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}),
        {"kind": Kind.OTHER},
    ),
    "her own contact": (
        message("contacts", [{"name": {"formatted_name": "Siti"}, "phones": [{"phone": "+62 811", "wa_id": SITI}]}]),
        {"kind": Kind.CONTACT, "phone": f"+{SITI}", "own_contact": True},
    ),
    "somebody else's contact": (
        message("contacts", [{"name": {"formatted_name": "Wati"}, "phones": [{"phone": "+62 811-0000-02"}]}]),
        {"kind": Kind.CONTACT, "phone": "+62811000002", "own_contact": False},
    ),
    "a location": (
        message("location", {"latitude": -2.3, "longitude": 115.6}),
        {"kind": Kind.LOCATION, "location": "-2.300000,115.600000"},
    ),
    "a picture": (
        message("image", {"id": "1003383421387256", "mime_type": "image/jpeg", "caption": "hadir"}),
        {"kind": Kind.IMAGE, "media": "1003383421387256", "text": "hadir"},
    ),
    "a voice message": (
        message("audio", {"id": "55", "voice": True, "mime_type": "audio/ogg; codecs=opus"}),
        {"kind": Kind.VOICE, "media": "55"},
    ),
    "a video": (message("video", {"id": "56"}), {"kind": Kind.OTHER, "media": "56"}),
    "a document": (message("document", {"id": "57", "filename": "kk.pdf"}), {"kind": Kind.DOCUMENT, "media": "57"}),
    "a sticker": (message("sticker", {"id": "58", "animated": False}), {"kind": Kind.STICKER, "media": "58"}),
    "a reaction": (
        message("reaction", {"message_id": "wamid.OURS", "emoji": "👍"}),
        {"kind": Kind.REACTION, "text": "👍", "reply_to": "wamid.OURS"},
    ),
    "a reaction taken back": (
        message("reaction", {"message_id": "wamid.OURS"}),
        {"kind": Kind.REACTION, "reply_to": "wamid.OURS"},
    ),
    "what Meta cannot show": (
        message("unsupported", errors=[{"code": 131051, "title": "Message type unknown"}]),
        {"kind": Kind.OTHER},
    ),
    "a kind of next year": (message("hologram", {"id": "59"}), {"kind": Kind.OTHER, "media": "59"}),
}


@pytest.mark.parametrize(("posted_message", "expected"), MESSAGES.values(), ids=MESSAGES)
def test_every_kind_of_message_becomes_an_inbound(posted_message, expected):
    assert parse(posted(posted_message)) == [Inbound("whatsapp", "wamid.A", SITI_AT, AT, **expected)]


def test_a_group_answers_for_itself_so_that_it_opens_nobodys_window():
    [found] = parse(posted(message("text", {"body": "hadir"}, group_id="Y2FwaV9ncm91cDo")))
    assert isinstance(found, Inbound)
    assert (found.kind, found.sender, found.text) == (Kind.GROUP, Address("whatsapp", "Y2FwaV9ncm91cDo"), "")


@pytest.mark.parametrize(
    ("who", "contact", "sender", "phone"),
    [
        ({"from": SITI, "from_user_id": BSUID}, {"wa_id": SITI, "user_id": BSUID}, SITI, None),
        ({"from": f"+{SITI}"}, {}, SITI, None),
        ({"from_user_id": BSUID}, {"user_id": BSUID, "profile": {"username": "@siti"}}, BSUID, None),
        ({"user_id": BSUID}, {}, BSUID, None),
        ({"from": BSUID}, {"user_id": BSUID}, BSUID, None),
        ({"from_user_id": BSUID}, {"user_id": BSUID, "wa_id": SITI}, BSUID, f"+{SITI}"),
        ({}, {"user_id": BSUID, "wa_id": SITI}, BSUID, f"+{SITI}"),
        ({}, {"wa_id": SITI}, SITI, None),
    ],
)
def test_a_person_without_a_visible_number_is_an_id(who, contact, sender, phone):
    text = message("text", {"body": "hadir"})
    del text["from"]
    [found] = parse(posted(text | who, contacts=[contact]))
    assert isinstance(found, Inbound)
    assert (found.sender, found.phone) == (Address("whatsapp", sender), phone)
    assert found.sender.phone == (f"+{SITI}" if sender == SITI else None)


def test_the_number_of_another_contact_is_not_hers():
    text = message("text", {"body": "hadir"}, from_user_id=BSUID)
    del text["from"]
    others = [{"user_id": "ID.2", "wa_id": "62811000002"}, {"user_id": "ID.3", "wa_id": "62811000003"}]
    [found] = parse(posted(text, contacts=others))
    assert isinstance(found, Inbound)
    assert (found.sender, found.phone) == (Address("whatsapp", BSUID), None)


def test_a_message_from_nobody_is_noticed_and_answers_nobody():
    text = message("text", {"body": "hadir"})
    del text["from"]
    assert parse(posted(text, contacts=[])) == [Notice("message_without_sender", "wamid.A", "text")]


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        (str(SENT), AT),
        (SENT, AT),
        (str(int(NOW.timestamp()) + 3600), NOW),
        ("tomorrow", NOW),
        (None, NOW),
        ("0", NOW),
        ("-5", NOW),
        ("9" * 400, NOW),
        (10**17, NOW),
    ],
)
def test_a_time_is_the_platforms_and_never_in_the_future(stamp, at):
    [found] = parse(posted(message("text", {"body": "hadir"}, timestamp=stamp)))
    assert isinstance(found, Inbound)
    assert found.at == at


def test_a_new_number_is_a_notice_from_the_old_one_to_the_new():
    system = {"body": "Siti changed", "wa_id": "62811000099", "type": "user_changed_number"}
    assert parse(posted(message("system", system))) == [Notice("number_changed", SITI, "62811000099")]
    identity = {"type": "customer_identity_changed", "customer": SITI}
    assert parse(posted(message("system", identity))) == [Notice("system", SITI, "customer_identity_changed")]


@pytest.mark.parametrize(("sort", "kind"), [("edit", Kind.EDITED), ("revoke", Kind.DELETED)])
def test_of_what_is_changed_or_deleted_later_only_that_is_known(sort, kind):
    edited = {"original_message_id": "wamid.B", "message": {"type": "text", "text": {"body": "tidak hadir"}}}
    [found] = parse(posted(message(sort, edited)))
    assert isinstance(found, Inbound)
    assert (found.kind, found.text, found.sender.value) == (kind, "", SITI)


def status(said: str, **more: Any) -> dict[str, Any]:
    return {"id": "wamid.OURS", "status": said, "timestamp": str(SENT), "recipient_id": SITI} | more


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("sent", Status.SENT),
        ("delivered", Status.DELIVERED),
        ("read", Status.READ),
        ("played", Status.READ),
        ("failed", Status.FAILED),
    ],
)
def test_a_status_names_our_letter(said, expected):
    [found] = parse(posted(statuses=[status(said, biz_opaque_callback_data="77")]))
    assert found == StatusUpdate("whatsapp", f"wamid.OURS:{said}:{SENT}", "wamid.OURS", expected, AT, letter=77)


def test_a_failure_says_its_code_and_reason():
    error = {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "More than 24 hours"}}
    [found] = parse(posted(statuses=[status("failed", errors=[error])]))
    assert isinstance(found, StatusUpdate)
    assert (found.code, found.reason, found.letter) == (131047, "More than 24 hours", None)


def test_a_status_of_next_year_and_somebody_elses_mark_change_nothing():
    assert parse(posted(statuses=[status("framed")])) == [Notice("status", "wamid.OURS", "framed")]
    [found] = parse(posted(statuses=[status("sent", biz_opaque_callback_data="campaign-3")]))
    assert isinstance(found, StatusUpdate)
    assert found.letter is None


TEMPLATE = {"message_template_id": 1, "message_template_name": "undangan_p2k2", "message_template_language": "id"}


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (
            "message_template_status_update",
            TEMPLATE | {"event": "REJECTED", "reason": "INVALID_FORMAT"},
            ("undangan_p2k2", "REJECTED", "INVALID_FORMAT"),
        ),
        (
            "message_template_status_update",
            TEMPLATE | {"event": "PAUSED", "reason": "NONE", "other_info": {"title": "FIRST_PAUSE"}},
            ("undangan_p2k2", "PAUSED", "FIRST_PAUSE"),
        ),
        (
            "template_category_update",
            TEMPLATE | {"previous_category": "UTILITY", "new_category": "MARKETING"},
            ("undangan_p2k2", "MARKETING", "UTILITY"),
        ),
        (
            "message_template_quality_update",
            TEMPLATE | {"previous_quality_score": "GREEN", "new_quality_score": "RED"},
            ("undangan_p2k2", "RED", ""),
        ),
        (
            "phone_number_quality_update",
            {"display_phone_number": "628110009999", "event": "DOWNGRADE", "current_limit": "TIER_250"},
            ("628110009999", "DOWNGRADE", "TIER_250"),
        ),
        (
            "account_update",
            {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}},
            ("", "ACCOUNT_VIOLATION", "SPAM"),
        ),
        ("account_review_update", {"decision": "REJECTED"}, ("", "REJECTED", "")),
        ("history", {"messages": [{"from": SITI, "id": "wamid.OLD"}]}, ("", "", "")),
    ],
)
def test_what_is_said_of_the_account_is_a_notice(field, value, expected):
    assert parse(changed(field, value)) == [Notice(field, *expected)]


def test_a_template_of_the_same_name_in_another_language_is_none_of_ours():
    value = TEMPLATE | {"event": "APPROVED", "message_template_language": "en_US"}
    assert parse(changed("message_template_status_update", value)) == [
        Notice("other_language", "undangan_p2k2", "APPROVED")
    ]


def test_a_wish_about_marketing_names_the_person():
    wish = {"wa_id": SITI, "category": "marketing_messages", "value": "stop"}
    expected = [Notice("user_preferences", SITI, "stop", "marketing_messages")]
    assert parse(changed("user_preferences", {"user_preferences": [wish]})) == expected
    expected.append(Notice("user_preferences", "ID.7", "stop", "marketing_messages"))
    assert parse(changed("user_preferences", {"user_preferences": [wish | {"user_id": "ID.7"}]})) == expected


def test_an_error_of_the_account_is_a_notice():
    error = {"code": 130429, "title": "Rate limit hit", "message": "Rate limit hit"}
    assert parse(posted(errors=[error])) == [Notice("error", status="130429", reason="Rate limit hit")]


def test_every_event_of_a_batch_is_read_in_order():
    first = message("text", {"body": "satu"}) | {"id": "wamid.1"}
    second = message("text", {"body": "dua"}) | {"id": "wamid.2"}
    one, two = posted(first, second, statuses=[status("read")]), posted(message("text", {"body": "tiga"}))
    batch = {"object": one["object"], "entry": [*one["entry"], 7, None, {"changes": [None, 3]}, *two["entry"]]}
    texts = [e.text if isinstance(e, Inbound) else type(e).__name__ for e in parse(batch)]
    assert texts == ["satu", "dua", "StatusUpdate", "tiga"]


def test_the_same_event_has_the_same_name_even_when_it_came_without_one():
    nameless = message("text", {"body": "hadir"})
    del nameless["id"]
    [one], [same], [other] = (parse(posted(m)) for m in (nameless, dict(nameless), nameless | {"timestamp": "5"}))
    assert isinstance(one, Inbound)
    assert isinstance(same, Inbound)
    assert isinstance(other, Inbound)
    assert one.event == same.event != other.event


def test_half_characters_and_nul_do_not_reach_the_database():
    [found] = parse(posted(message("text", {"body": "ha\0dir \ud83d"})))
    assert isinstance(found, Inbound)
    assert found.text == "hadir ?"


def test_metas_own_examples_are_read(meta):
    known = 0
    for name, payload in meta.webhooks().items():
        events = parse(payload)
        assert events, name
        known += any(isinstance(e, Inbound) for e in events)
    assert known >= 12


def sound(events: list[Any]) -> bool:
    for event in events:
        assert isinstance(event, Inbound | StatusUpdate | Notice)
        if isinstance(event, Inbound):
            assert event.sender.value
            parts = [event.text, event.button, event.reply_to, event.phone, event.media, event.callback]
            assert all(isinstance(part or "", str) for part in parts)
            "".join(part or "" for part in parts).encode()
        if not isinstance(event, Notice):
            assert event.event
            assert event.at <= NOW
    return True


@given(JSON)
@settings(deadline=None)
def test_no_json_makes_it_fall(payload):
    assert sound(parse(payload))


WHOLE = posted(*(m for m, _ in MESSAGES.values()), statuses=[status("failed", errors=[{"code": 1}])])
WHOLE["entry"] += changed("account_update", {"event": "X", "ban_info": {"waba_ban_state": "Y"}})["entry"]
WHOLE["entry"] += posted(message("system", {"wa_id": "62811000099"}))["entry"]


@given(shaken(WHOLE), st.datetimes(timezones=st.just(UTC)))
@settings(deadline=None, max_examples=300)
def test_no_change_anywhere_in_a_real_webhook_makes_it_fall(payload, received):
    assert sound(parse(payload))
    parse(payload, received)


def test_a_name_that_fits_no_column_becomes_its_digest_and_is_the_same_each_time():
    long = "x" * 5000
    written = posted(message("text", {"body": "halo"}, id=long, **{"from": long}))
    (heard,) = parse(written)
    assert isinstance(heard, Inbound)
    assert (len(heard.event), len(heard.sender.value)) == (64, 64)
    assert parse(written) == [heard]
    (said,) = parse(posted(statuses=[{"id": long, "status": "read", "timestamp": "1"}]))
    assert isinstance(said, StatusUpdate)
    assert said.event == f"{said.platform_id}:read:1"
    (said,) = parse(posted(statuses=[{"id": "wamid.A", "status": "failed", "timestamp": long}]))
    assert isinstance(said, StatusUpdate)
    assert len(said.event) == 64
