"""What happens between us and Meta? A local platform plays success, each class of error, silence and a torn line."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.channels.base import Blames, ChannelError, Convert, File, Refused, Sent, TryLater, Unknown
from bot.channels.errors import FIRST_BACK_OFF, PAIR, PAUSE, PAUSE_FOR_HOURS, WHATSAPP
from bot.channels.whatsapp import WhatsApp
from messages.envelope import Attachment
from tests.channels.conftest import NOW, SITI, Platform, letter
from tests.channels.vendors import Meta

pytestmark = pytest.mark.usefixtures("sample")
TOKEN = "EAAGm0secret"
ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": SITI, "wa_id": SITI}],
    "messages": [{"id": "wamid.NEW", "message_status": "accepted"}],
}
CHART = File("rekap.png", "image/png", b"\x89PNG")
SHEET = File("rekap.csv", "text/csv", b"a;b\n")


@pytest.fixture
def channel(platform: Platform, session: aiohttp.ClientSession) -> WhatsApp:
    return WhatsApp(TOKEN, "1065", "1022", f"{platform.url}/v23.0/", session, read=0.2)


async def sent(channel: WhatsApp, file: File | None = None, **params: Any) -> Sent:
    attachment = Attachment("chart") if file else None
    given = letter("test.plain", attachment=attachment, **{"text": "Halo", **params})
    return await channel.send(given, channel.render(given, NOW), file)


async def failed(channel: WhatsApp, file: File | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        await sent(channel, file)
    return failure.value


async def test_a_letter_is_posted_with_the_token_and_answers_its_wamid(channel, platform, meta: Meta):
    platform.says(200, ACCEPTED)
    assert await sent(channel) == Sent("wamid.NEW")
    [seen] = platform.seen
    assert (seen.method, seen.path) == ("POST", "/v23.0/1065/messages")
    assert seen.headers["Authorization"] == f"Bearer {TOKEN}"
    assert seen.body["text"]["body"] == "Halo"
    assert meta.faults(seen.body) == []


@pytest.mark.parametrize(
    ("file", "sort", "media"),
    [
        (CHART, "image", {"id": "M1", "caption": "Halo"}),
        (SHEET, "document", {"id": "M1", "caption": "Halo", "filename": "rekap.csv"}),
    ],
)
async def test_a_file_is_uploaded_first_and_says_itself_what_it_is(channel, platform, meta: Meta, file, sort, media):
    platform.says(200, {"id": "M1"})
    platform.says(200, ACCEPTED)
    assert await sent(channel, file) == Sent("wamid.NEW")
    upload, message = platform.seen
    assert upload.path == "/v23.0/1065/media"
    assert upload.body["file"] == file.content
    assert upload.body["messaging_product"] == "whatsapp"
    assert meta.upload_faults(upload.body) == []
    assert message.body["type"] == sort
    assert message.body[sort] == media
    assert meta.faults(message.body) == []


async def test_a_file_above_buttons_goes_into_their_header(channel, platform, meta: Meta):
    platform.says(200, {"id": "M1"})
    platform.says(200, ACCEPTED)
    given = letter("test.buttons", text="Benar?", attachment=Attachment("chart"))
    await channel.send(given, channel.render(given, NOW), SHEET)
    header = platform.seen[1].body["interactive"]["header"]
    assert header == {"type": "document", "document": {"id": "M1", "filename": "rekap.csv"}}
    assert meta.faults(platform.seen[1].body) == []


async def test_a_letter_whose_file_is_missing_is_refused(channel):
    given = letter("test.plain", text="Halo", attachment=Attachment("chart"))
    with pytest.raises(Refused, match="file"):
        await channel.send(given, channel.render(given, NOW), None)


ERRORS: list[tuple[int, int, dict[str, Any]]] = [
    (400, 131056, {"type": TryLater, "after": PAIR, "whole_account": False}),
    (429, 130429, {"type": TryLater, "after": PAUSE, "whole_account": True, "alert": False}),
    (400, 80007, {"type": TryLater, "whole_account": True}),
    (400, 131048, {"type": TryLater, "after": PAUSE_FOR_HOURS, "whole_account": True, "alert": True}),
    (500, 131000, {"type": TryLater, "after": FIRST_BACK_OFF, "whole_account": False}),
    (400, 131047, {"type": Convert}),
    (400, 131026, {"type": Refused, "blames": Blames.PERSON, "code": 131026, "blocked": False}),
    (400, 131050, {"type": Refused, "blames": Blames.UNASKED, "code": 131050}),
    (400, 131009, {"type": Refused, "blames": Blames.LETTER, "code": 131009}),
    (404, 132001, {"type": Refused, "blames": Blames.TEMPLATE, "code": 132001}),
    (401, 190, {"type": Refused, "blames": Blames.ACCOUNT, "code": 190}),
    (403, 299, {"type": Refused, "blames": Blames.ACCOUNT, "code": 299}),
    (400, 999999, {"type": Refused, "blames": Blames.LETTER, "code": 999999}),
]


@pytest.mark.parametrize(("http", "code", "expected"), ERRORS, ids=[str(code) for _, code, _ in ERRORS])
async def test_metas_code_decides_what_a_failure_means(channel, platform, http, code, expected):
    details = {"messaging_product": "whatsapp", "details": "why it failed"}
    platform.says(http, {"error": {"message": f"(#{code}) A title", "code": code, "error_data": details}})
    failure = await failed(channel)
    assert str(failure) == "why it failed"
    wanted = dict(expected)
    assert type(failure) is wanted.pop("type")
    assert {name: getattr(failure, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("http", "body", "expected"),
    [
        (502, "<html>Bad Gateway</html>", TryLater),
        (302, "", TryLater),
        (429, "", TryLater),
        (400, "[" * 100_000, Refused),
        (400, [], Refused),
        (401, {"error": "no"}, Refused),
        (200, {"messages": []}, Unknown),
        (200, "not json", Unknown),
    ],
)
async def test_an_answer_that_is_not_metas_is_judged_by_its_http_status(channel, platform, http, body, expected):
    platform.says(http, body)
    assert type(await failed(channel)) is expected


async def test_nobody_comes_back_earlier_than_the_platform_asked(channel, platform):
    platform.says(429, {"error": {"code": 130429, "message": "slow down"}}, **{"Retry-After": "40"})
    failure = await failed(channel)
    assert isinstance(failure, TryLater)
    assert (failure.after, failure.whole_account) == (40.0, True)


async def test_a_wrong_phone_number_id_stops_the_account_and_not_letter_by_letter(channel, platform):
    platform.says(400, {"error": {"code": 100, "error_subcode": 33, "message": "Unsupported post request"}})
    failure = await failed(channel)
    assert isinstance(failure, Refused)
    assert failure.blames is Blames.ACCOUNT


async def test_silence_after_the_request_left_is_unknown(channel, platform):
    platform.is_silent()
    assert type(await failed(channel)) is Unknown


async def test_a_torn_line_after_the_request_left_is_unknown(channel, platform):
    platform.hangs_up()
    assert type(await failed(channel)) is Unknown


async def test_where_nobody_listens_nothing_was_sent(session, nobody_there):
    channel = WhatsApp(TOKEN, "1065", "1022", nobody_there, session)
    failure = await failed(channel)
    assert isinstance(failure, TryLater)
    assert failure.after == FIRST_BACK_OFF


async def test_a_failed_upload_leaves_no_doubt(channel, platform):
    platform.hangs_up()
    assert type(await failed(channel, CHART)) is TryLater
    platform.answers.clear()
    platform.says(400, {"error": {"code": 131053, "message": "Media upload error"}})
    assert type(await failed(channel, CHART)) is Refused
    assert {seen.path for seen in platform.seen} == {"/v23.0/1065/media"}


async def test_no_secret_and_no_number_in_what_is_kept(channel, platform):
    platform.says(401, {"error": {"code": 190, "message": f"Malformed access token {TOKEN} for {SITI}"}})
    failure = await failed(channel)
    assert str(failure) == "Malformed access token … for …"
    assert TOKEN not in repr(channel) + repr(vars(channel)) + repr(failure)


async def test_without_a_session_it_renders_and_does_not_send():
    with pytest.raises(RuntimeError, match="session"):
        await sent(WhatsApp(TOKEN, "1065", "1022"))


def test_every_code_of_the_policy_has_its_own_action():
    listed = (
        "131056 130429 4 80007 131048 131064 1 2 131000 131016 131057 133004 135000 131047 131026 131049 130472 131051 "
        "131008 131009 131021 131030 131052 131053 131062 100 131050 132000 132001 132005 132007 132008 132012 132015 "
        "132016 0 3 10 190 200 250 299 368 131005 131031 131037 131042 131045 130497"
    )
    assert {int(code) for code in listed.split()} <= WHATSAPP.keys()
