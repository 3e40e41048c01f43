"""How is Telegram joined to the rest? Every press is answered once, a stop is heard, nothing on disk is left lying."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from bot.live import Parts, _assemble, _listen
from bot.settings import Settings
from data import schema
from data.records import Consent, Topic
from data.store import Store, Tx
from handlers.speech import ref
from messages.envelope import Address
from tests.channels.conftest import Platform
from tests.support.databases import NOW, Opened
from tests.support.village import plan_meeting, settle

STAMP = int(NOW.timestamp())
SITI, STRANGER = 811000001, 811000777
TAKEN = {"ok": True, "result": True}


def pressed(number: int, who: int, button: str) -> dict[str, Any]:
    person = {"id": who, "is_bot": False, "first_name": "Siti"}
    chat = {"id": who, "first_name": "Siti", "type": "private"}
    asked = {"message_id": 11, "chat": chat, "date": STAMP - 900, "text": "Bisa datang?"}
    query = {"id": f"press-{number}", "from": person, "chat_instance": "7", "message": asked, "data": button}
    return {"update_id": 500 + number, "callback_query": query}


def wired(store: Store, platform: Platform, session: aiohttp.ClientSession, mode: str) -> tuple[Settings, Parts]:
    given: dict[str, Any] = {"telegram_token": "1:token", "telegram_api_url": platform.url, "telegram_mode": mode}
    given |= {"public_url": "https://p2k2.example", "telegram_webhook_secret": "rahasia_1"}
    settings = Settings(_env_file=None, **given)
    return settings, _assemble(settings, store, session)


async def test_every_press_is_answered_once(sqlite: Opened, platform: Platform, session: aiohttp.ClientSession):
    store = sqlite.store()
    village = store.run(settle)
    meeting = store.run(lambda tx: plan_meeting(tx, village))

    def link(tx: Tx) -> None:
        siti = tx.people.address_id(Address("telegram", str(SITI)))
        tx.people.link_kpm(village.kpms["Siti"], siti, own=True)
        tx.people.keep_consent(siti, Topic.MEETINGS, Consent.YES, "test")

    store.run(link)
    platform.says(200, TAKEN)
    _, parts = wired(store, platform, session, "polling")
    assert parts.telegram_intake is not None
    yes = f"rsvp.yes:{ref(meeting)}"
    presses = [(SITI, yes), (SITI, yes), (SITI, "nobody.knows:7"), (STRANGER, yes), (STRANGER, "nobody.knows:7")]
    for number, (who, button) in enumerate(presses):
        await parts.telegram_intake.take(pressed(number, who, button))
    async with asyncio.timeout(5):
        while len(platform.seen) < len(presses):
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)  # a second answer would have left by now
    assert {one.path.rsplit("/", 1)[1] for one in platform.seen} == {"answerCallbackQuery"}
    assert Counter(one.body["callback_query_id"] for one in platform.seen) == {f"press-{n}": 1 for n in range(5)}
    answers = select(schema.attendance.c.answer).where(schema.attendance.c.kpm_id == village.kpms["Siti"])
    assert store.run(lambda tx: tx.conn.execute(answers).scalar_one()) == "promised"


@pytest.mark.parametrize("trouble", ["hangs", "fails"])
async def test_a_stop_is_heard_while_the_webhook_cannot_be_set(
    sqlite: Opened, platform: Platform, session: aiohttp.ClientSession, trouble: str
):
    if trouble == "hangs":
        platform.is_silent()
    else:
        platform.says(502, "bad gateway")
    store = sqlite.store()
    settings, parts = wired(store, platform, session, "webhook")
    assert parts.telegram is not None
    assert parts.telegram_intake is not None
    stop = asyncio.Event()
    listening = asyncio.create_task(_listen(settings, store, parts.telegram, parts.telegram_intake, stop))
    async with asyncio.timeout(5):
        while not platform.seen:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)  # the failure has come back, and it rests
    assert not listening.done()
    stop.set()
    async with asyncio.timeout(1):
        await listening


async def test_what_a_webhook_left_is_taken_up_when_polling(
    sqlite: Opened, platform: Platform, session: aiohttp.ClientSession
):
    store = sqlite.store()
    platform.says(200, TAKEN)
    left = [json.dumps(pressed(1, STRANGER, "nobody.knows:7"))]
    store.run(lambda tx: tx.landed.keep("telegram", left))
    _, parts = wired(store, platform, session, "polling")
    assert not parts.doors
    stop = asyncio.Event()
    running = [asyncio.create_task(one.run(stop)) for one in parts.landings]
    async with asyncio.timeout(5):
        while store.run(lambda tx: tx.landed.count()):
            await asyncio.sleep(0.01)
        stop.set()
        await asyncio.gather(*running)
    states = select(schema.event.c.state)
    assert store.run(lambda tx: tx.conn.execute(states).scalars().all()) == ["done"]
