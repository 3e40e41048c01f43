"""What would be posted to Meta? Every body is checked against Meta's own specification."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.channels.base import Blames, Body, Refused
from bot.channels.whatsapp import WhatsApp
from messages.envelope import Attachment, Letter
from tests.channels.conftest import NOW, SITI, letter
from tests.channels.vendors import Meta

pytestmark = pytest.mark.usefixtures("sample")
CHANNEL = WhatsApp("token", "1", "2")
DAY = timedelta(hours=24)


@pytest.fixture
def render(meta: Meta):
    def rendered(given: Letter) -> Body:
        body = CHANNEL.render(given, NOW)
        assert meta.faults(dict(body.payload)) == []
        return body

    return rendered


def options(number: int, title: str = "Ibu {}") -> list[tuple[str, str]]:
    return [(f"who:{n}", title.format(n)) for n in range(number)]


def test_words_alone_are_a_text(render):
    body = render(letter("test.plain", text="Terima kasih, Ibu Siti_<b>."))
    assert body == Body(
        "messages",
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": SITI,
            "biz_opaque_callback_data": "77",
            "type": "text",
            "text": {"preview_url": False, "body": "Terima kasih, Ibu Siti_<b>."},
        },
        "Terima kasih, Ibu Siti_<b>.",
        [],
    )


def test_an_id_with_letters_goes_into_recipient(render):
    payload = render(letter("test.plain", to="ID.13491208655302741918", text="Halo")).payload
    assert payload["recipient"] == "ID.13491208655302741918"
    assert "to" not in payload


def test_up_to_three_buttons_are_pressed(render):
    body = render(letter("test.invitation"))
    assert [b["reply"] for b in body.payload["interactive"]["action"]["buttons"]] == [
        {"id": "rsvp.yes:41.7", "title": "Bisa datang"},
        {"id": "rsvp.no:41.7", "title": "Tidak bisa"},
        {"id": "rsvp.maybe", "title": "Belum tahu"},
    ]
    assert [b.title for b in body.buttons] == ["Bisa datang", "Tidak bisa", "Belum tahu"]


@pytest.mark.parametrize(
    ("number", "shape"), [(1, "button"), (3, "button"), (4, "list"), (10, "list"), (11, "text"), (40, "text")]
)
def test_the_number_of_options_decides_the_shape(render, number, shape):
    payload = render(letter("test.menu", options=options(number))).payload
    assert payload.get("interactive", {"type": "text"})["type"] == shape


def test_a_list_opens_with_its_word_and_many_options_are_numbered(render):
    payload = render(letter("test.menu", options=options(4))).payload
    assert payload["interactive"]["action"]["button"] == "Pilih nama"
    text = render(letter("test.menu", options=options(11))).payload["text"]["body"]
    assert text.startswith("Untuk siapa?\n\n1. Ibu 0\n2. Ibu 1\n")
    assert text.endswith("\n11. Ibu 10")


def test_a_long_option_stands_in_full_below_its_beginning(render):
    payload = render(letter("test.menu", options=options(2, "Ibu {} dari desa Babayau Hulu RT 02"))).payload
    [row, _] = payload["interactive"]["action"]["sections"][0]["rows"]
    assert row == {
        "id": "who:0",
        "title": "Ibu 0 dari desa Babayau…",
        "description": "Ibu 0 dari desa Babayau Hulu RT 02",
    }
    too_long = render(letter("test.menu", options=options(2, "{}" + "n" * 80))).payload
    assert too_long["type"] == "text"


def test_two_buttons_of_one_title_become_a_list(render):
    assert render(letter("test.twins")).payload["interactive"]["type"] == "list"


@pytest.mark.parametrize(("length", "shape"), [(1024, "interactive"), (1025, "text"), (4000, "text")])
def test_a_text_too_long_for_buttons_numbers_them(render, length, shape):
    payload = render(letter("test.buttons", text="a" * length)).payload
    assert payload["type"] == shape
    if shape == "text":
        assert payload["text"]["body"].endswith("\n\n1. Boleh\n2. Tidak")


def test_a_text_beyond_the_limit_is_refused_and_not_cut(render):
    assert render(letter("test.plain", text="a" * 4096)).payload["type"] == "text"
    with pytest.raises(Refused, match="4097"):
        render(letter("test.plain", text="a" * 4097))


def test_the_button_that_shares_a_number_is_telegrams(render):
    body = render(letter("test.share"))
    assert [b.id for b in body.buttons] == ["later"]


@pytest.mark.parametrize(
    ("heard", "free"),
    [
        (timedelta(0), True),
        (-timedelta(minutes=1), True),
        (DAY - timedelta(minutes=1, seconds=1), True),
        (DAY - timedelta(minutes=1), False),
        (DAY, False),
        (DAY + timedelta(days=30), False),
        (None, False),
    ],
)
def test_free_words_only_within_24_hours_less_a_minute(render, heard, free):
    body = render(letter("test.reminder", heard=heard))
    assert body.payload["type"] == ("text" if free else "template")
    assert body.template == (None if free else "test_reminder")


def test_outside_the_window_the_same_words_go_as_their_template(render):
    body = render(letter("test.invitation", heard=None))
    assert body.payload["template"] == {
        "name": "test_invitation",
        "language": {"policy": "deterministic", "code": "id"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ibu Siti"}]},
            *(
                {"type": "button", "sub_type": "quick_reply", "index": str(n), "parameters": [parameter]}
                for n, parameter in enumerate(
                    {"type": "payload", "payload": id} for id in ("rsvp.yes:41.7", "rsvp.no:41.7", "rsvp.maybe")
                )
            ),
        ],
    }
    assert body.text == CHANNEL.render(letter("test.invitation"), NOW).text


def test_a_key_without_a_template_is_refused_outside_the_window():
    with pytest.raises(Refused, match="no approved template") as refusal:
        CHANNEL.render(letter("test.plain", heard=None, text="Halo"), NOW)
    assert refusal.value.blames is Blames.LETTER


@pytest.mark.parametrize(
    ("value", "sent"),
    [("Ibu Siti", "Ibu Siti"), ("a\nb\t\tc     d\r\n", "a b c d"), ("", "-"), (" \n ", "-"), ("a\u00a0b", "a b")],
)
def test_variables_are_one_line_and_never_empty(render, value, sent):
    body = render(letter("test.reminder", heard=None, names=value))
    [names, _] = body.payload["template"]["components"][0]["parameters"]
    assert names["text"] == sent
    assert body.text == f"Halo {sent}, besok pertemuan pukul 09.00 WITA ya."


def test_a_value_too_long_fails_its_own_letter_and_not_the_template():
    with pytest.raises(Refused, match="1024") as refusal:
        CHANNEL.render(letter("test.reminder", heard=None, names="n" * 1020), NOW)
    assert refusal.value.blames is Blames.LETTER


CHART, SHEET = Attachment("chart"), Attachment("attendance", {"format": "xlsx"})
UPLOAD: dict[str, Any] = {"id": "upload:chart"}


@pytest.mark.parametrize(
    ("attachment", "sort"),
    [
        (CHART, "image"),
        (Attachment("summary_chart"), "image"),
        (SHEET, "document"),
        (Attachment("recap", {"format": "png"}), "image"),
    ],
)
def test_a_file_carries_the_words_as_its_caption(render, attachment, sort):
    payload = render(letter("test.plain", text="Rekap November", attachment=attachment)).payload
    assert payload["type"] == sort
    assert payload[sort] == {"id": f"upload:{attachment.kind}", "caption": "Rekap November"}


def test_a_file_with_buttons_stands_above_them(render):
    payload = render(letter("test.buttons", text="Sudah benar?", attachment=CHART)).payload
    assert payload["interactive"]["header"] == {"type": "image", "image": UPLOAD}
    assert len(payload["interactive"]["action"]["buttons"]) == 2
    many = render(letter("test.menu", options=options(4), attachment=CHART)).payload
    assert many["image"]["caption"].endswith("\n4. Ibu 3")


def test_a_caption_beyond_the_limit_is_refused(render):
    with pytest.raises(Refused, match="1025"):
        render(letter("test.plain", text="a" * 1025, attachment=CHART))


def test_outside_the_window_the_template_goes_without_the_file(render):
    assert render(letter("test.reminder", heard=None, attachment=CHART)).payload["type"] == "template"
