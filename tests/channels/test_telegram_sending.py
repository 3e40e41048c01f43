"""What happens between us and Telegram? A local platform plays success, each class of error, silence, a torn line."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from telegram import Bot

from bot.channels.base import Blames, Channel, ChannelError, File, Refused, Sent, TryLater, Unknown
from bot.channels.errors import FIRST_BACK_OFF
from bot.channels.telegram import AiohttpRequest, Telegram
from bot.channels.whatsapp import WhatsApp
from messages.envelope import Address, Attachment
from tests.channels.conftest import NOW, Platform, letter
from tests.channels.vendors import BotApi
from tests.support.asked import decoded

pytestmark = pytest.mark.usefixtures("sample")
TOKEN = "123456:AA-a-token-that-nobody-may-read"
CHART = File("rekap.png", "image/png", b"\x89PNG")
SHEET = File("rekap.xlsx", "application/vnd.ms-excel", b"PK")


def ok(result: Any) -> dict[str, Any]:
    return {"ok": True, "result": result}


TAKEN = ok({"message_id": 31, "date": 1795741200, "chat": {"id": 811000001, "type": "private"}, "text": "Halo"})


def opened(url: str, session: aiohttp.ClientSession) -> Telegram:
    request = AiohttpRequest(session, read=0.2)
    return Telegram(Bot(TOKEN, base_url=f"{url}/bot", request=request, get_updates_request=request))


@pytest.fixture
def channel(platform: Platform, session: aiohttp.ClientSession) -> Telegram:
    return opened(platform.url, session)


def called(platform: Platform, bot_api: BotApi) -> tuple[str, dict[str, Any]]:
    """The last call, which the specification must know."""
    seen = platform.seen[-1]
    prefix, method = f"/bot{TOKEN}/", seen.path.rsplit("/", 1)[1]
    assert seen.path == prefix + method
    given = seen.body | {name: decoded(value) for name, value in seen.query.items()}
    assert bot_api.faults(method, given) == []
    return method, given


async def sent(channel: Telegram, file: File | None = None, key: str = "test.buttons", kind: str = "chart") -> Sent:
    attachment = Attachment(kind) if file else None
    given = letter(key, channel="telegram", to="811000001", text="Halo", attachment=attachment)
    return await channel.send(given, channel.render(given, NOW), file)


async def failed(channel: Telegram, file: File | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        await sent(channel, file)
    return failure.value


async def test_a_letter_is_posted_and_answers_its_number(channel, platform, bot_api):
    platform.says(200, TAKEN)
    assert await sent(channel) == Sent("31")
    method, given = called(platform, bot_api)
    assert method == "sendMessage"
    assert given["chat_id"] == 811000001
    assert given["text"] == "Halo"
    assert given["reply_markup"]["inline_keyboard"][0][0] == {"text": "Boleh", "callback_data": "a"}
    assert "parse_mode" not in given


async def test_the_contact_keyboard_arrives_as_it_was_rendered(channel, platform, bot_api):
    platform.says(200, TAKEN)
    await sent(channel, key="test.share")
    assert called(platform, bot_api)[1]["reply_markup"]["keyboard"][0][0]["request_contact"] is True


@pytest.mark.parametrize(
    ("file", "kind", "method", "sort"),
    [
        (CHART, "chart", "sendPhoto", "photo"),
        (SHEET, "attendance", "sendDocument", "document"),
        (CHART, "attendance", "sendPhoto", "photo"),
        (SHEET, "chart", "sendDocument", "document"),
    ],
)
async def test_a_file_is_uploaded_and_says_itself_what_it_is(channel, platform, bot_api, file, kind, method, sort):
    platform.says(200, TAKEN)
    assert await sent(channel, file, kind=kind) == Sent("31")
    name, given = called(platform, bot_api)
    assert name == method
    assert given[sort] == file.content
    assert given["caption"] == "Halo"
    assert {"photo", "document"} & given.keys() == {sort}


async def test_a_letter_whose_file_is_missing_is_refused(channel):
    given = letter("test.plain", channel="telegram", to="8", text="Halo", attachment=Attachment("chart"))
    with pytest.raises(Refused, match="file"):
        await channel.send(given, channel.render(given, NOW), None)


@pytest.mark.parametrize(
    ("http", "description", "parameters", "expected"),
    [
        (429, "Too Many Requests: retry after 35", {"retry_after": 35}, {"type": TryLater, "after": 35.0}),
        (429, "Too Many Requests: retry after 1", {"retry_after": 1}, {"type": TryLater, "whole_account": True}),
        (
            403,
            "Forbidden: bot was blocked by the user",
            None,
            {"type": Refused, "blames": Blames.PERSON, "blocked": True, "code": 403},
        ),
        (
            403,
            "Forbidden: bot can't initiate conversation with a user",
            None,
            {"type": Refused, "blames": Blames.PERSON, "blocked": True},
        ),
        (
            400,
            "Bad Request: chat not found",
            None,
            {"type": Refused, "blames": Blames.PERSON, "blocked": False, "code": 400},
        ),
        (400, "Bad Request: message text is empty", None, {"type": Refused, "blames": Blames.LETTER}),
        (
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": -1009},
            {"type": Refused, "blames": Blames.PERSON, "migrated_to": "-1009", "blocked": False},
        ),
        (401, "Unauthorized", None, {"type": Refused, "blames": Blames.ACCOUNT, "code": 401}),
        (404, "Not Found", None, {"type": Refused, "blames": Blames.ACCOUNT}),
        (500, "Internal Server Error", None, {"type": TryLater, "after": FIRST_BACK_OFF, "whole_account": False}),
        (502, "Bad Gateway", None, {"type": TryLater}),
    ],
)
async def test_telegrams_answer_decides_what_a_failure_means(
    channel, platform, http, description, parameters, expected
):
    answer = {"ok": False, "error_code": http, "description": description}
    platform.says(http, answer | ({"parameters": parameters} if parameters else {}))
    failure = await failed(channel)
    wanted = dict(expected)
    assert type(failure) is wanted.pop("type")
    assert {name: getattr(failure, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("http", "answer", "expected"),
    [
        (502, "<html>Bad Gateway</html>", TryLater),
        (200, "<html>who knows</html>", Unknown),
        (200, {"ok": True}, Unknown),
        (200, {"ok": True, "result": {"message_id": 31}}, Unknown),
    ],
)
async def test_an_answer_that_cannot_be_read(channel, platform, http, answer, expected):
    platform.says(http, answer)
    assert type(await failed(channel)) is expected


async def test_silence_after_the_request_left_is_unknown(channel, platform):
    platform.is_silent()
    assert type(await failed(channel)) is Unknown


@pytest.mark.parametrize("file", [None, CHART])
async def test_a_torn_line_after_the_request_left_is_unknown(channel, platform, file):
    platform.hangs_up()
    assert type(await failed(channel, file)) is Unknown


async def test_where_nobody_listens_nothing_was_sent(session, nobody_there):
    failure = await failed(opened(nobody_there, session))
    assert isinstance(failure, TryLater)
    assert (failure.after, failure.whole_account) == (FIRST_BACK_OFF, False)


async def test_the_token_is_in_no_error_and_no_repr(channel, platform, session):
    platform.says(401, {"ok": False, "description": f"Unauthorized {TOKEN}"})
    failures = [await failed(channel), await failed(opened("http://[broken", session))]
    assert [type(failure) for failure in failures] == [Refused, TryLater]
    assert TOKEN not in repr(channel) + "".join(f"{f!r} {f.__cause__!r}" for f in failures[1:]) + str(failures[0])


async def test_a_pressed_button_is_always_answered(channel, platform, bot_api):
    platform.says(200, ok(True))
    await channel.answer_callback("4382b", "x" * 300)
    expected = {"callback_query_id": "4382b", "text": "x" * 200}
    assert called(platform, bot_api) == ("answerCallbackQuery", expected)
    await channel.answer_callback("abc")
    assert called(platform, bot_api) == ("answerCallbackQuery", {"callback_query_id": "abc"})


async def test_an_old_press_needs_no_answer_any_more(channel, platform):
    platform.says(400, {"ok": False, "description": "Bad Request: query is too old and response timeout expired"})
    await channel.answer_callback("4382b")


COMMANDS = [("jadwal", "Buat pertemuan"), ("tindak_lanjut", "Yang perlu dikunjungi")]


@pytest.mark.parametrize(
    ("chat", "scope"),
    [
        (None, {"type": "all_private_chats"}),
        (Address("telegram", "811000902"), {"type": "chat", "chat_id": 811000902}),
    ],
)
async def test_the_menu_is_set_per_chat_because_a_role_is_a_chats(channel, platform, bot_api, chat, scope):
    platform.says(200, ok(True))
    await channel.set_commands(COMMANDS, chat)
    method, given = called(platform, bot_api)
    assert method == "setMyCommands"
    assert given["scope"] == scope
    assert given["commands"][1] == {"command": "tindak_lanjut", "description": "Yang perlu dikunjungi"}
    if chat is not None:
        await channel.forget_commands(chat)
        assert called(platform, bot_api) == ("deleteMyCommands", {"scope": scope})


async def test_the_webhook_is_set_with_its_secret_and_removed_for_polling(channel, platform, bot_api):
    platform.says(200, ok(True))
    await channel.set_webhook("https://p2k2.example/webhooks/telegram", "rahasia_1")
    method, given = called(platform, bot_api)
    assert (method, given["secret_token"]) == ("setWebhook", "rahasia_1")
    assert {"edited_message", "message_reaction"} <= set(given["allowed_updates"])
    await channel.remove_webhook()
    assert called(platform, bot_api) == ("deleteWebhook", {})


async def test_the_bot_is_asked_for_its_name(channel, platform, bot_api):
    platform.says(200, ok({"id": 1, "is_bot": True, "first_name": "P2K2", "username": "p2k2_bot"}))
    assert await channel.username() == "p2k2_bot"
    assert called(platform, bot_api) == ("getMe", {})


async def test_updates_come_raw_so_that_one_poison_update_stops_nothing(channel, platform, bot_api):
    poison = {"update_id": 6, "message": {"chat": 7}}
    platform.says(200, ok([{"update_id": 5, "poll": {"id": "1"}}, poison, "no update"]))
    assert [u["update_id"] for u in await channel.get_updates(5, 0)] == [5, 6]
    method, given = called(platform, bot_api)
    assert (method, given["offset"], given["timeout"]) == ("getUpdates", 5, 0)
    assert "message_reaction" in given["allowed_updates"]
    await channel.get_updates(None, 0)
    assert "offset" not in called(platform, bot_api)[1]


async def test_both_platforms_are_channels_like_any_other(channel):
    channels: list[Channel] = [channel, WhatsApp("token", "1065", "1022")]
    assert [c.name for c in channels] == ["telegram", "whatsapp"]
    assert [c.parse({}, NOW) for c in channels] == [[], []]


async def test_two_pollers_at_once_wait_and_say_so(channel, platform):
    platform.says(409, {"ok": False, "description": "Conflict: terminated by other getUpdates request"})
    with pytest.raises(TryLater) as failure:
        await channel.get_updates(5, 0)
    assert (failure.value.alert, failure.value.whole_account) == (True, False)
