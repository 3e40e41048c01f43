"""Can everything the bot says be said on both platforms, inside and outside WhatsApp's window, with long values?"""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels import telegram
from bot.channels.telegram import rendering
from bot.channels.whatsapp import WhatsApp, limits, template_definition
from messages import catalog
from messages.envelope import Letter
from tests.channels.conftest import NOW, letter
from tests.channels.vendors import BotApi, Meta

CHANNEL = WhatsApp("token", "1", "2")
KEYS = sorted(catalog.entries())
APPROVED = [key for key in KEYS if catalog.entry(key).whatsapp]


def example(key: str, channel: str, *, options: int = 4, **more: Any) -> Letter:
    entry, values = catalog.entry(key), catalog.examples()
    params: dict[str, Any] = {name: values[name] for name in entry.parameters}
    if entry.options:
        params["options"] = [(f"who:{number}", f"Ibu Aminah {number}") for number in range(options)]
    return letter(key, channel=channel, to="62811000001", **more, **{"ref": "", "names": "", "time": "", **params})


@pytest.mark.parametrize("key", KEYS)
def test_whatsapp_takes_it_inside_the_window(meta: Meta, key):
    for options in (1, 3, 4, 10, 11):
        body = CHANNEL.render(example(key, "whatsapp", options=options), NOW)
        assert meta.faults(dict(body.payload)) == []
    entry = catalog.entry(key)
    assert len(entry.menu) <= limits.LIST_BUTTON
    if entry.buttons:
        assert body.payload["type"] == "interactive", "its buttons or its text are too long to be pressed"


@pytest.mark.parametrize("key", KEYS)
def test_telegram_takes_it(bot_api: BotApi, key):
    for options in (1, 4, 11, 60):
        body = rendering.render(example(key, telegram.Telegram.name, options=options))
        assert bot_api.faults(body.method, dict(body.payload)) == []


@pytest.mark.parametrize("key", APPROVED)
def test_whatsapp_takes_its_template_outside_the_window(meta: Meta, key):
    given = example(key, "whatsapp", heard=None)
    body = CHANNEL.render(given, NOW)
    assert body.template
    assert meta.faults(dict(body.payload)) == []
    inside = CHANNEL.render(example(key, "whatsapp"), NOW)
    assert " ".join(body.text.split()) == " ".join(inside.text.split())
    assert [b.title for b in body.buttons] == [title for _, title in catalog.entry(key).buttons]


@pytest.mark.parametrize("key", APPROVED)
def test_meta_can_be_asked_to_approve_its_template(meta: Meta, key):
    assert meta.template_faults(template_definition(key)) == []


def test_two_keys_share_a_template_only_when_they_say_the_same():
    said: dict[str, Any] = {}
    for key in APPROVED:
        definition = template_definition(key)
        assert said.setdefault(definition["name"], definition) == definition, key
