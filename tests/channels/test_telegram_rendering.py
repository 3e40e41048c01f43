"""What would be posted to Telegram? Every call is checked against the Bot API's own specification."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.base import Blames, Body, Refused
from bot.channels.telegram import rendering
from messages.envelope import Attachment, Letter
from tests.channels.conftest import letter
from tests.channels.vendors import BotApi

pytestmark = pytest.mark.usefixtures("sample")


@pytest.fixture
def render(bot_api: BotApi):
    def rendered(given: Letter) -> Body:
        body = rendering.render(given)
        assert bot_api.faults(body.method, dict(body.payload)) == []
        return body

    return rendered


def to_siti(key: str, **more: Any) -> Letter:
    return letter(key, **{"channel": "telegram", "to": "811000001", **more})


def test_words_go_plain_so_that_a_name_can_break_nothing(render):
    body = render(to_siti("test.plain", text="Terima kasih, Ibu Siti_<b>."))
    assert body == Body(
        "sendMessage",
        {"chat_id": 811000001, "text": "Terima kasih, Ibu Siti_<b>.", "link_preview_options": {"is_disabled": True}},
        "Terima kasih, Ibu Siti_<b>.",
        [],
    )


def test_buttons_hang_under_the_message(render):
    body = render(to_siti("test.invitation"))
    assert body.payload["reply_markup"]["inline_keyboard"] == [
        [
            {"text": "Bisa datang", "callback_data": "rsvp.yes:41.7"},
            {"text": "Tidak bisa", "callback_data": "rsvp.no:41.7"},
            {"text": "Belum tahu", "callback_data": "rsvp.maybe"},
        ]
    ]
    assert len(body.buttons) == 3


@pytest.mark.parametrize(
    ("title", "number", "rows"),
    [("Ibu {:02}", 7, [3, 3, 1]), ("Ibu Siti Aminah {}", 3, [1, 1, 1]), ("{}", 100, [3] * 33 + [1])],
)
def test_short_titles_stand_side_by_side_and_long_ones_below_each_other(render, title, number, rows):
    options = [(f"who:{n}", title.format(n)) for n in range(number)]
    keyboard = render(to_siti("test.menu", options=options)).payload["reply_markup"]["inline_keyboard"]
    assert [len(row) for row in keyboard] == rows


def test_too_many_buttons_are_refused():
    options = [(str(n), str(n)) for n in range(101)]
    with pytest.raises(Refused, match="101 buttons"):
        rendering.render(to_siti("test.menu", options=options))


def test_the_contact_button_is_a_keyboard_that_goes_away_after_one_use(render):
    assert render(to_siti("test.share")).payload["reply_markup"] == {
        "keyboard": [[{"text": "Bagikan nomor", "request_contact": True}], [{"text": "Nanti"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


@pytest.mark.parametrize(
    ("attachment", "method", "sort"),
    [
        (Attachment("chart"), "sendPhoto", "photo"),
        (Attachment("recap", {"format": "PNG"}), "sendPhoto", "photo"),
        (Attachment("letter", {"format": "pdf"}), "sendDocument", "document"),
    ],
)
def test_a_file_carries_the_words_as_its_caption(render, attachment, method, sort):
    body = render(to_siti("test.buttons", text="Rekap", attachment=attachment))
    assert body.method == method
    assert body.payload[sort] == f"upload:{attachment.kind}"
    assert body.payload["caption"] == "Rekap"
    assert len(body.payload["reply_markup"]["inline_keyboard"][0]) == 2


@pytest.mark.parametrize(("attachment", "limit"), [(None, 4096), (Attachment("chart"), 1024)])
def test_a_text_beyond_the_limit_is_refused_and_not_cut(render, attachment, limit):
    assert render(to_siti("test.plain", text="a" * limit, attachment=attachment)).text == "a" * limit
    with pytest.raises(Refused, match=str(limit + 1)):
        render(to_siti("test.plain", text="a" * (limit + 1), attachment=attachment))


def test_a_button_id_beyond_64_bytes_is_refused():
    with pytest.raises(Refused, match="64 bytes"):
        rendering.render(to_siti("test.long_id"))


def test_an_address_that_is_no_chat_is_refused():
    with pytest.raises(Refused) as refusal:
        rendering.render(to_siti("test.plain", text="Halo", to="siti"))
    assert refusal.value.blames is Blames.PERSON
