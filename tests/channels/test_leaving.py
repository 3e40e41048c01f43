"""When is a letter's slot over? When its request is out: not when it waits for a line, and not when it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest
from telegram import Bot

from bot.channels import leaving
from bot.channels.base import Channel, ChannelError, File
from bot.channels.telegram import AiohttpRequest, Telegram
from bot.channels.whatsapp import WhatsApp
from messages.envelope import Attachment
from tests.channels.conftest import NOW, SITI, Platform, letter

pytestmark = pytest.mark.usefixtures("sample")
CHART = File("rekap.png", "image/png", b"\x89PNG")
CASES = [("telegram", None), ("telegram", CHART), ("whatsapp", None)]


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What a sender would hear."""
    heard: list[str] = []
    token = leaving.told.set(lambda: heard.append("left"))
    yield heard
    leaving.told.reset(token)


def made(sort: str, url: str, session: aiohttp.ClientSession) -> Channel:
    if sort == "whatsapp":
        return WhatsApp("token", "1065", "1022", f"{url}/v23.0", session)
    return Telegram(Bot("1:token", base_url=f"{url}/bot", request=AiohttpRequest(session)))


async def sending(channel: Channel, file: File | None) -> None:
    given = letter(
        "test.plain", channel=channel.name, to=SITI, text="Halo", attachment=Attachment("chart") if file else None
    )
    await channel.send(given, channel.render(given, NOW), file)


@pytest.mark.parametrize(("sort", "file"), CASES)
async def test_it_is_over_once_the_request_is_out_and_before_the_answer(
    sort: str, file: File | None, platform: Platform, session: aiohttp.ClientSession, told: list[str]
):
    platform.is_silent()
    under_way = asyncio.create_task(sending(made(sort, platform.url, session), file))
    async with asyncio.timeout(10):
        while not platform.seen:
            await asyncio.sleep(0.01)
    assert told == ["left"]
    under_way.cancel()
    await asyncio.gather(under_way, return_exceptions=True)


@pytest.mark.parametrize(("sort", "file"), CASES)
async def test_what_found_nobody_never_left(
    sort: str, file: File | None, nobody_there: str, session: aiohttp.ClientSession, told: list[str]
):
    with pytest.raises(ChannelError):
        await sending(made(sort, nobody_there, session), file)
    assert told == []


@pytest.mark.parametrize(("sort", "file"), CASES)
async def test_nobody_need_listen(sort: str, file: File | None, platform: Platform, session: aiohttp.ClientSession):
    platform.says(500, {"ok": False, "error_code": 500, "description": "Internal"})
    with pytest.raises(ChannelError):
        await sending(made(sort, platform.url, session), file)
    assert len(platform.seen) == 1
