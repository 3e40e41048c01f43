"""Do the approved templates follow our words, and can we tell how they stand?"""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.channels.base import Refused, TryLater
from bot.channels.whatsapp import TemplateState, WhatsApp, template_definition
from messages.catalog import TemplateError
from tests.channels.conftest import SAMPLE, Platform, entry
from tests.channels.vendors import Meta

pytestmark = pytest.mark.usefixtures("sample")

REMINDER = "Halo {{1}}, besok pertemuan pukul {{2}} ya."


@pytest.fixture
def channel(platform: Platform, session: aiohttp.ClientSession) -> WhatsApp:
    return WhatsApp("token", "1065", "1022", f"{platform.url}/v23.0", session)


def held(name: str, status: str = "APPROVED", text: str = REMINDER, **more: Any) -> dict[str, Any]:
    components = [{"type": "BODY", "text": text}]
    return {"id": f"id-{name}", "name": name, "status": status, "category": "UTILITY", "language": "id"} | {
        "components": components,
        **more,
    }


def test_a_template_is_our_words_with_places_and_examples(meta: Meta):
    definition = template_definition("test.reminder")
    body = {"type": "BODY", "text": REMINDER, "example": {"body_text": [["Ibu Siti", "09.00 WITA"]]}}
    assert definition == {"name": "test_reminder", "language": "id", "category": "UTILITY", "components": [body]}
    assert meta.template_faults(definition) == []


def test_its_buttons_are_quick_replies():
    buttons = template_definition("test.invitation")["components"][1]
    titles = ["Bisa datang", "Tidak bisa", "Belum tahu"]
    assert buttons == {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": t} for t in titles]}


@pytest.mark.parametrize(
    ("text", "buttons", "order", "why"),
    [
        ("{{ names }}, besok pertemuan.", [], ("names",), "begins or ends"),
        ("Besok pertemuan, {{ names }}", [], ("names",), "begins or ends"),
        ("Halo {{ names }} {{ time }} ya.", [], ("names", "time"), "side by side"),
        ("Halo {{ names }} ya.", [], ("names", "time"), "must stand in the text"),
        ("Halo {{ names }} " + "a" * 1024, [], ("names",), "characters"),
        ("Halo {{ names }} ya.", [("a", "t" * 26)], ("names",), "too long"),
        ("Halo {{ names }} ya.", [("a", "Jam {{ time }}")], ("names",), "holds a variable"),
        ("Halo {{ who }} ya.", [], ("who",), "examples.toml"),
    ],
)
def test_what_meta_would_reject_is_found_at_the_desk(monkeypatch, text, buttons, order, why):
    monkeypatch.setitem(SAMPLE, "test.wrong", entry("test.wrong", text, *buttons, order=order))
    with pytest.raises(TemplateError, match=why):
        template_definition("test.wrong")


def test_a_key_without_a_template_has_no_definition():
    with pytest.raises(TemplateError, match="no approved template"):
        template_definition("test.plain")


async def test_states_are_read_page_by_page_in_our_language(channel, platform):
    rejected = held("b", "REJECTED", rejected_reason="INVALID_FORMAT")
    platform.says(200, {"data": [held("a"), held("hello", language="en_US")], "paging": _more("A1")})
    platform.says(200, {"data": [rejected], "paging": {"cursors": {"after": "A2"}}})
    first, second = await channel.template_states()
    assert first == TemplateState("a", "APPROVED", "UTILITY", "", "id-a", (REMINDER,))
    assert (second.name, second.status, second.rejected_reason) == ("b", "REJECTED", "INVALID_FORMAT")
    assert [seen.query.get("after") for seen in platform.seen] == [None, "A1"]
    assert platform.seen[0].path == "/v23.0/1022/message_templates"


def _more(after: str) -> dict[str, Any]:
    return {"cursors": {"after": after}, "next": "https://graph.facebook.com/…"}


async def test_push_leaves_what_is_there_and_changes_what_differs(channel, platform, meta: Meta):
    old = held("test_invitation", "REJECTED", text="Halo")
    platform.says(200, {"data": [held("test_reminder"), old]})
    platform.says(200, {"success": True})
    states = await channel.push_templates(SAMPLE.values())
    assert [(s.name, s.status) for s in states] == [("test_reminder", "APPROVED"), ("test_invitation", "PENDING")]
    _, change = platform.seen
    assert change.path == "/v23.0/id-test_invitation"
    assert change.body == {"components": template_definition("test.invitation")["components"]}
    assert meta.edit_faults(change.body) == []


async def test_push_creates_what_is_missing_and_one_refusal_does_not_stop_the_others(channel, platform, meta: Meta):
    platform.says(200, {"data": []})
    platform.says(400, {"error": {"code": 100, "message": "Invalid parameter", "error_user_msg": "Name is taken"}})
    platform.says(200, {"id": "9", "status": "APPROVED", "category": "MARKETING"})
    first, second = await channel.push_templates(SAMPLE.values())
    assert (first.status, first.rejected_reason) == ("REFUSED", "Name is taken")
    assert (second.id, second.status, second.category) == ("9", "APPROVED", "MARKETING")
    assert [seen.body.get("name") for seen in platform.seen[1:]] == ["test_reminder", "test_invitation"]
    assert [fault for seen in platform.seen[1:] for fault in meta.template_faults(seen.body)] == []


async def test_a_refused_account_stops_the_push(channel, platform):
    platform.says(401, {"error": {"code": 190, "message": "expired"}})
    with pytest.raises(Refused):
        await channel.push_templates(SAMPLE.values())
    platform.hangs_up()
    platform.answers.pop(0)
    with pytest.raises(TryLater):
        await channel.template_states()
