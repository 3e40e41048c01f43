"""Does the file of a broadcast reach families? Fetched, made fit, uploaded once, and taken as the vendors say."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from PIL import Image
from telegram import Bot

from bot.channels.base import ChannelError, File, Refused, Sent
from bot.channels.telegram import AiohttpRequest, Telegram
from bot.channels.telegram import rendering as telegram_rendering
from bot.channels.whatsapp import WhatsApp
from bot.exports.enclosures import MOST_BYTES, Unusable, ready
from bot.exports.sounds import sort_of
from bot.files import Files
from bot.photos import Photos
from bot.simulator.samples import Samples, paper
from data.records import Audience, Role
from messages.envelope import Attachment, Letter, StaffId
from tests.channels.conftest import NOW, Platform, letter
from tests.channels.vendors import BotApi, Meta
from tests.support.asked import decoded
from tests.support.databases import Opened
from tests.support.recordings import GOOD, MP3_FRAME, WRONG

TOKEN = "1:T"
WORDS = {"names": "Ibu Siti", "pendamping": "Pak Budi", "words": "Ini tempatnya."}
PHOTO = File("foto.jpg", "image/jpeg", b"\xff\xd8", "broadcast_file:7")
PAPER = File("pengumuman.pdf", "application/pdf", b"%PDF-1.4", "broadcast_file:8")
VOICE = File("pesan-suara.ogg", "audio/ogg", b"OggS", "broadcast_file:9")
M4A = File("pesan-suara.m4a", "audio/mp4", b"....ftypM4A ", "broadcast_file:10")
AMR = File("pesan-suara.amr", "audio/amr", b"#!AMR", "broadcast_file:11")


def announced(file: File, channel: str = "whatsapp", key: str = "broadcast.plain", **more: Any) -> Letter:
    params = WORDS if key == "broadcast.plain" else {"what": "Pesan suara", "pendamping": "Pak Budi"}
    attachment = Attachment("broadcast_file", {"id": 7, "format": file.name.rsplit(".", 1)[1], **more})
    given = letter(key, channel=channel, attachment=attachment)
    return Letter(given.id, given.address, key, params, "id", given.heard, attachment)


@pytest.fixture
def whatsapp(platform: Platform, session) -> WhatsApp:
    return WhatsApp("token", "1065", "1022", f"{platform.url}/v23.0/", session, read=0.5)


@pytest.fixture
def telegram(platform: Platform, session) -> Telegram:
    request = AiohttpRequest(session, read=0.5)
    return Telegram(Bot(TOKEN, base_url=f"{platform.url}/bot", request=request, get_updates_request=request))


@pytest.mark.parametrize(
    ("file", "sort", "media"),
    [
        (PHOTO, "image", {"id": "M1", "caption": "Halo Ibu Siti."}),
        (PAPER, "document", {"id": "M1", "caption": "Halo Ibu Siti.", "filename": "pengumuman.pdf"}),
    ],
)
async def test_whatsapp_uploads_once_for_all_and_again_when_the_id_is_refused(
    whatsapp: WhatsApp, platform: Platform, meta: Meta, file: File, sort: str, media: dict[str, str]
):
    given = announced(file)
    body = whatsapp.render(given, NOW)
    assert (body.owes, body.template) == (False, None)
    platform.says(200, {"id": "M1"})
    platform.says(200, {"messages": [{"id": "wamid.1"}]})
    assert await asyncio.gather(*(whatsapp.send(given, body, file) for _ in range(3))) == [Sent("wamid.1")] * 3
    assert [seen.path.rsplit("/", 1)[1] for seen in platform.seen] == ["media", *["messages"] * 3]
    assert meta.upload_faults(platform.seen[0].body) == []
    for seen in platform.seen[1:]:
        assert meta.faults(seen.body) == []
        assert seen.body["type"] == sort
        assert {**seen.body[sort], "caption": seen.body[sort]["caption"].split(" Dari")[0]} == media
    platform.answers.clear()
    platform.says(400, {"error": {"code": 131009, "message": "the media id is invalid"}})
    with pytest.raises(Refused):
        await whatsapp.send(given, body, file)
    platform.answers.clear()
    platform.says(200, {"id": "M2"})
    platform.says(200, {"messages": [{"id": "wamid.2"}]})
    await whatsapp.send(given, body, file)
    assert platform.seen[-1].body[sort]["id"] == "M2"


async def test_a_voice_note_has_no_words_on_whatsapp_and_a_template_no_file(
    whatsapp: WhatsApp, platform: Platform, meta: Meta
):
    words = whatsapp.render(announced(VOICE), NOW)
    assert (words.owes, words.payload["type"]) == (True, "text")
    closed = announced(PHOTO)
    closed = Letter(closed.id, closed.address, closed.key, closed.params, "id", None, closed.attachment)
    outside = whatsapp.render(closed, NOW)
    assert (outside.owes, outside.template) == (True, "pengumuman_p2k2")
    assert meta.faults(dict(outside.payload)) == []
    for voice in (VOICE, M4A, AMR):
        alone = announced(voice, key="broadcast.file", alone=True)
        body = whatsapp.render(alone, NOW)
        platform.answers.clear()
        platform.seen.clear()
        platform.says(200, {"id": "M1"})
        platform.says(200, {"messages": [{"id": "wamid.1"}]})
        await whatsapp.send(alone, body, voice)
        assert (platform.seen[0].body["type"], platform.seen[1].body["audio"]) == (voice.mime, {"id": "M1"})
        assert meta.upload_faults(platform.seen[0].body) == []
        assert meta.faults(platform.seen[1].body) == []


@pytest.mark.parametrize(
    ("file", "method", "sort"),
    [
        *((PHOTO, "sendPhoto", "photo"), (PAPER, "sendDocument", "document"), (VOICE, "sendVoice", "voice")),
        *((M4A, "sendVoice", "voice"), (AMR, "sendDocument", "document")),
    ],
)
async def test_telegram_takes_the_file_once_and_then_its_name(
    telegram: Telegram, platform: Platform, bot_api: BotApi, file: File, method: str, sort: str
):
    part: Any = {"file_id": "F1", "file_unique_id": "U"}
    part |= {"photo": {"width": 9, "height": 9}, "voice": {"duration": 1}}.get(sort, {})
    message = {"message_id": 31, "date": 1795741200, "chat": {"id": 62811000001, "type": "private"}}
    platform.says(200, {"ok": True, "result": message | {sort: [part] if sort == "photo" else part}})
    given = announced(file, "telegram")
    body = telegram_rendering.render(given)
    assert body.method == method
    for _ in range(2):
        assert await telegram.send(given, body, file) == Sent("31")
    first, second = [seen.body | {n: decoded(v) for n, v in seen.query.items()} for seen in platform.seen]
    assert (first[sort], second[sort]) == (file.content, "F1")
    assert bot_api.faults(method, first) == bot_api.faults(method, {**second, sort: b"named"}) == []
    assert first["caption"] == second["caption"] == body.text


def test_only_what_it_is_counts_and_not_what_it_is_called():
    out = io.BytesIO()
    Image.new("RGB", (3000, 2000)).save(out, "PNG")
    mime, content = ready(out.getvalue())
    assert (mime, Image.open(io.BytesIO(content)).size) == ("image/jpeg", (1280, 853))
    assert ready(paper())[0] == "application/pdf"
    for what, (given, mime) in GOOD.items():
        sort, content = ready(given)
        assert sort == mime, what
        assert content == (given if mime != "audio/mp4" else given.replace(given[8:12], b"M4A ", 1)), what
    large = {"a large PDF": (b"%PDF-" + b"x" * MOST_BYTES, "size"), "long": (MP3_FRAME + bytes(MOST_BYTES), "size")}
    for what, (given, fault) in {**WRONG, **large}.items():
        with pytest.raises(Unusable) as unusable:
            ready(given)
        assert unusable.value.fault == fault, what


@hypothesis.given(flips=st.integers(0, 8), random=st.randoms(use_true_random=False))
@hypothesis.settings(max_examples=60, deadline=None)
def test_a_broken_recording_is_refused_or_taken_but_never_breaks_anything(flips, random):
    for content, _ in [*GOOD.values(), *WRONG.values()]:
        broken = bytearray(content[: random.randrange(len(content) + 1)])
        for _ in range(min(flips, len(broken))):
            broken[random.randrange(len(broken))] = random.randrange(256)
        sort_of(bytes(broken))


class Platforms(Samples):
    """Samples, and two that fail."""

    async def fetch(self, media: str, most: int) -> bytes:
        if media == "busy":
            raise ChannelError("later")
        return b"<html>" if media == "page" else await super().fetch(media, most)


async def test_files_come_here_by_themselves_and_go_out_from_here(sqlite: Opened):
    store = sqlite.store()
    sorts = [
        ("image", "image"),
        ("document", "page"),
        ("voice", "busy"),
        ("document", "voice"),
        ("image", "gone"),
        ("image", "elsewhere"),
    ]

    def prepare(tx):
        tx.people.add_staff("B", Role.PENDAMPING, "+628110", "kelompok", 0)
        return [
            tx.broadcasts.files.add(StaffId(1), sort, "telegram" if media == "elsewhere" else "whatsapp", media)
            for sort, media in sorts
        ]

    ids = await store.write(prepare)
    photos = Photos(store, {"whatsapp": Platforms()})
    for _ in range(6):
        photos.look()
        await photos.finish()
    found = await store.write(lambda tx: [tx.broadcasts.files.get(number) for number in ids])
    assert [(one.sort, one.mime, one.fault) for one in found if one] == [
        ("image", "image/jpeg", None), ("document", None, "sort"), ("voice", None, "lost"),
        ("voice", "audio/ogg", None), ("image", None, "lost"), ("image", None, "lost"),
    ]  # fmt: skip
    told = await store.write(lambda tx: tx.conn.exec_driver_sql("SELECT key, params FROM outbox ORDER BY id").all())
    assert [row.key for row in told] == ["broadcast.file_refused"] * 4

    files = Files(store)
    made = await files(Attachment("broadcast_file", {"id": ids[3]}))
    assert (made.name, made.once, made.content[:4]) == ("pesan-suara.ogg", f"broadcast_file:{ids[3]}", b"OggS")
    assert await files(Attachment("broadcast_file", {"id": ids[3]})) is made
    with pytest.raises(Refused):
        await files(Attachment("broadcast_file", {"id": ids[2]}))


def test_the_shelf_of_files_says_the_same_on_both_databases(store):
    def work(tx):
        who = tx.people.add_staff("B", Role.PENDAMPING, "+628110", "kelompok", 0)
        one = tx.broadcasts.add(tx.people.staff(who), "biasa", "semua", Audience(), "Halo.", tx.now,
                                file=tx.broadcasts.files.keep(who, "image/jpeg", b"x"))  # fmt: skip
        file = tx.broadcasts.files.of(one.id)
        assert (file.ready, file.format, tx.broadcasts.files.content(file.id)) == (True, "jpg", b"x")
        assert (tx.broadcasts.files.may_follow(1), tx.broadcasts.files.owed(one.id)) == ([], 0)
        tx.broadcasts.files.forgive(one.id)
        tx.broadcasts.files.forget()
        late = tx.broadcasts.files.add(who, "voice", "telegram", "V")
        assert [tx.broadcasts.files.tried(late) for _ in range(5)] == [False] * 4 + [True]
        assert tx.retention.forget().rows["files"] == 0

    store.run(work)
