"""Can the check itself fail? A specification that accepts everything would prove nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.vendors import BotApi, Meta

TO = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "62811000001"}


def buttons(number: int, title: str = "Ya") -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": str(n), "title": title}} for n in range(number)]
    interactive = {"type": "button", "body": {"text": "Bisa?"}, "action": {"buttons": replies}}
    return TO | {"type": "interactive", "interactive": interactive}


def rows(number: int, title: str = "Wati", menu: str = "Pilih") -> dict[str, Any]:
    action = {"button": menu, "sections": [{"rows": [{"id": str(n), "title": title} for n in range(number)]}]}
    return TO | {"type": "interactive", "interactive": {"type": "list", "body": {"text": "?"}, "action": action}}


def text(length: int) -> dict[str, Any]:
    return TO | {"type": "text", "text": {"body": "a" * length}}


@pytest.mark.parametrize(
    "body",
    [
        buttons(3),
        buttons(1, "t" * 20),
        rows(10),
        rows(1, "t" * 24),
        text(4096),
        text(1) | {"biz_opaque_callback_data": "1"},
    ],
)
def test_meta_takes_what_is_within_its_limits(meta: Meta, body):
    assert meta.faults(body) == []


@pytest.mark.parametrize(
    "body",
    [
        buttons(4),
        buttons(1, "t" * 21),
        rows(11),
        rows(1, "t" * 25),
        rows(1, menu="m" * 21),
        text(4097),
        text(0),
        text(5) | {"to": 62811000001},
        text(5) | {"colour": "red"},
        {name: value for name, value in text(5).items() if name != "to"},
        TO | {"type": "template", "template": {"name": "x", "language": {"code": "id"}}},
    ],
)
def test_meta_refuses_what_is_beyond_them(meta: Meta, body):
    assert meta.faults(body) != []


def test_meta_refuses_an_upload_and_a_change_that_lack_something(meta: Meta):
    whole = {"messaging_product": "whatsapp", "type": "image/png", "file": b"x"}
    assert meta.upload_faults(whole) == []
    for name in whole:
        assert len(meta.upload_faults({part: value for part, value in whole.items() if part != name})) == 1
    assert len(meta.upload_faults(whole | {"messaging_product": 7})) == 1
    assert meta.edit_faults({"components": [{"type": "BODY", "text": "Halo"}]}) == []
    for change in ({}, {"components": "BODY"}, {"components": [{"text": 7}]}, {"components": [], "colour": "red"}):
        assert len(meta.edit_faults(change)) == 1, change


def keyboard(data: str) -> dict[str, Any]:
    return {"chat_id": 7, "text": "?", "reply_markup": {"inline_keyboard": [[{"text": "Ya", "callback_data": data}]]}}


@pytest.mark.parametrize(
    ("method", "params", "faults"),
    [
        ("sendMessage", {"chat_id": 7, "text": "a" * 4096}, 0),
        ("sendMessage", {"chat_id": 7, "text": "a" * 4097}, 1),
        ("sendMessage", {"chat_id": 7, "text": ""}, 1),
        ("sendMessage", {"chat_id": 7}, 1),
        ("sendMessage", {"chat_id": 7, "text": "a", "colour": "red"}, 1),
        ("sendMessage", {"chat_id": True, "text": "a"}, 1),
        ("sendMessage", keyboard("x" * 64), 0),
        ("sendMessage", keyboard("x" * 65), 1),
        ("sendMessage", keyboard("é" * 33), 1),
        ("sendLetter", {}, 1),
    ],
)
def test_the_bot_api_refuses_what_it_does_not_know(bot_api: BotApi, method, params, faults):
    assert len(bot_api.faults(method, params)) == faults


def test_without_the_files_it_skips_with_a_sentence_or_fails_where_nothing_may_be_skipped(monkeypatch, tmp_path):
    from tests.channels.vendors import specification

    monkeypatch.setenv("LIKE_PKH_CONFORMANCE_DIR", str(tmp_path))
    monkeypatch.delenv("LIKE_PKH_NO_SKIP", raising=False)
    with pytest.raises(pytest.skip.Exception, match="set LIKE_PKH_CONFORMANCE_DIR"):
        specification("telegram-bot-api.json")
    monkeypatch.setenv("LIKE_PKH_NO_SKIP", "1")
    with pytest.raises(pytest.fail.Exception):
        specification("telegram-bot-api.json")
