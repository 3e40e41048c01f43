"""Does a photo of a report arrive? From both platforms, made small, without where it was taken."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta

import pytest
from aiohttp import web
from PIL import Image
from sqlalchemy import insert, select
from telegram import Bot

from bot.channels.base import ChannelError, Refused
from bot.channels.telegram import AiohttpRequest, Telegram
from bot.channels.whatsapp import WhatsApp
from bot.exports.pictures import LONGEST_SIDE, small
from bot.photos import Photos
from data import schema
from tests.channels.vendors import BotApi
from tests.support.databases import Opened

MOST = 100_000


def picture(width: int = 2000, height: int = 1500) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (width, height), "#446688")
    exif = image.getexif()
    exif[0x0112] = 6  # held upright
    exif.get_ifd(0x8825)[1] = "S"  # where it was taken
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def gives(platform, content: bytes, status: int = 200) -> None:
    platform.answers.append(lambda request: web.Response(status=status, body=content))


async def test_whatsapp_names_the_address_and_the_token_opens_it(platform, session):
    channel = WhatsApp("token", "1065", "1022", f"{platform.url}/v23.0/", session, read=0.5)
    platform.says(200, {"url": f"{platform.url}/file/1", "file_size": 3, "id": "M1"})
    gives(platform, b"abc")
    assert await channel.fetch("M/1", MOST) == b"abc"
    asked, fetched = platform.seen
    assert asked.query == {"phone_number_id": "1065"}
    assert (fetched.path, fetched.headers["Authorization"]) == ("/file/1", "Bearer token")


@pytest.mark.parametrize(
    ("url", "size", "status"),
    [("http://elsewhere.example/x", 3, 200), ("", 3, 200), ("{}/file/1", 10**9, 200), ("{}/file/1", 3, 404)],
)
async def test_whatsapp_refuses_what_is_too_large_elsewhere_or_gone(platform, session, url, size, status):
    channel = WhatsApp("token", "1065", "1022", f"{platform.url}/v23.0", session, read=0.5)
    platform.says(200, {"url": url.format(platform.url), "file_size": size})
    gives(platform, b"abc", status)
    with pytest.raises(Refused):
        await channel.fetch("M1", MOST)


async def test_a_file_that_is_larger_than_it_was_said_to_be_is_left(platform, session):
    channel = WhatsApp("token", "1065", "1022", f"{platform.url}/v23.0", session, read=0.5)
    platform.says(200, {"url": f"{platform.url}/file/1"})
    gives(platform, b"x" * (MOST + 1))
    with pytest.raises(Refused):
        await channel.fetch("M1", MOST)


async def test_telegram_asks_for_the_path_first(platform, session, bot_api: BotApi):
    request = AiohttpRequest(session, read=0.5)
    bot = Bot(
        "1:T", base_url=f"{platform.url}/bot", base_file_url=f"{platform.url}/file/bot", request=request,
        get_updates_request=request,
    )  # fmt: skip
    platform.says(200, {"ok": True, "result": {"file_id": "F", "file_unique_id": "U", "file_path": "photos/1.jpg"}})
    gives(platform, b"abc")
    assert await Telegram(bot).fetch("F", MOST) == b"abc"
    asked, fetched = platform.seen
    assert asked.path == "/bot1:T/getFile"
    assert bot_api.faults("getFile", {**asked.body, **asked.query}) == []
    assert (fetched.path, fetched.method) == ("/file/bot1:T/photos/1.jpg", "GET")


def gives_slowly(platform, content: bytes, seconds: float) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for sign in content:
            await asyncio.sleep(seconds / len(content))
            await response.write(bytes([sign]))
        await response.write_eof()
        return response

    platform.answers.append(answer)


async def test_a_file_may_take_longer_than_a_letter(platform, session):
    platform.says(200, {"url": f"{platform.url}/file/1"})
    gives_slowly(platform, b"abc", 0.6)
    assert await WhatsApp("t", "1065", "1022", f"{platform.url}/v23.0", session, read=0.3).fetch("M1", MOST) == b"abc"
    platform.answers.clear()
    platform.says(200, {"ok": True, "result": {"file_id": "F", "file_unique_id": "U", "file_path": "photos/1.jpg"}})
    gives_slowly(platform, b"abc", 0.6)
    bot = Bot(
        "1:T", base_url=f"{platform.url}/bot", base_file_url=f"{platform.url}/file/bot",
        request=AiohttpRequest(session, read=0.3),
    )  # fmt: skip
    assert await Telegram(bot).fetch("F", MOST) == b"abc"


def test_a_picture_becomes_small_upright_and_says_nothing_of_its_place():
    made = small(picture())
    assert made is not None
    with Image.open(io.BytesIO(made)) as found:
        assert (found.width, found.height, found.format) == (960, LONGEST_SIDE, "JPEG")
        assert dict(found.getexif()) == {}
    assert small(b"no picture") is None
    assert small(picture()[:300]) is None


class Source:
    """A platform that knows some pictures."""

    def __init__(self, **known: bytes) -> None:
        self.known = known
        self.asked: list[str] = []

    async def fetch(self, media: str, most: int) -> bytes:
        self.asked.append(media)
        if media not in self.known:
            raise ChannelError("gone")
        return self.known[media]


async def test_photos_are_fetched_once_and_given_up_after_a_few_tries(sqlite: Opened):
    store = sqlite.store()

    def prepare(tx):
        kabupaten = {"name": "Balangan", "zone": "Asia/Makassar"}
        tx.conn.execute(insert(schema.kabupaten), kabupaten)
        tx.conn.execute(insert(schema.kecamatan), {"kabupaten_id": 1, "name": "Batumandi"})
        tx.conn.execute(insert(schema.desa), {"kecamatan_id": 1, "name": "Babayau"})
        tx.conn.execute(insert(schema.kelompok), {"desa_id": 1, "name": "Melati 3"})
        tx.conn.execute(
            insert(schema.staff), {"name": "B", "role": "pendamping", "scope_level": "kelompok", "scope_id": 0}
        )
        day = {"starts": tx.now, "ends": tx.now + timedelta(hours=2), "announced": tx.now, "created": tx.now}
        words = {"kind": "p2k2", "month": "2026-11", "place": "Balai", "title": "P2", "code": "4821"}
        tx.conn.execute(insert(schema.meeting), {**day, **words, "pendamping_id": 1})
        for channel, media in (("whatsapp", "good"), ("whatsapp", "gone"), ("telegram", "T"), ("whatsapp", None)):
            tx.reports.add_photo(1, 1, channel, media)

    await store.write(prepare)
    source = Source(good=picture())
    photos = Photos(store, {"whatsapp": source})
    for _ in range(7):
        photos.look()
        await photos.finish()
    rows = await store.write(lambda tx: tx.conn.execute(select(schema.photo).order_by(schema.photo.c.id)).all())
    assert [row.content is not None for row in rows] == [True, False, False, False]
    assert rows[0].media is None
    assert source.asked.count("good") == 1
    assert source.asked.count("gone") == 5
