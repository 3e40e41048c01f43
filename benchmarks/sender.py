"""How much of a platform's limit does a broadcast use, and how long do replies wait meanwhile?

The real sender on a database on disk, against a platform in another process: 60 ms away and back, 20 ms of jitter, and
strict about every window of one second. The baseline is the usual way: `gather` over all, behind a leaky bucket as
python-telegram-bot's AIORateLimiter has it, each 429 obeyed and repeated.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp
import uvloop
from sqlalchemy import insert, text
from telegram import Bot

from benchmarks import world
from benchmarks.figures import Figure, Tell, no_progress
from benchmarks.platform import BUSINESS_ID, PHONE_ID, TOKEN, Far, Wishes, elsewhere
from bot.channels.base import Channel
from bot.channels.telegram import AiohttpRequest, Telegram
from bot.channels.whatsapp import WhatsApp
from bot.dispatcher import Pacer, Sender, Spacing
from bot.exports import make_file
from bot.turns import set_turns
from data import migrate, schema
from data.store import Store, Tx
from messages import catalog
from messages.envelope import Priority

WAY, JITTER = 0.030, 0.020
REPLIES_EVERY = 0.4
"""Seconds between two people who write while the broadcast goes out."""

BARE, AT_ONCE = 4000, 80
"""Requests that are only posted, and how many at once: as many as are under way at 1,000 a second."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is sent, and how much the platform takes."""

    channel: str
    limit: int
    letters: int
    replies: bool = False


SCENES = {
    "telegram": Scene("telegram", 30, 900),
    "telegram with replies": Scene("telegram", 30, 900, replies=True),
    "whatsapp 80": Scene("whatsapp", 80, 2000),
    "whatsapp 1000": Scene("whatsapp", 1000, 15_000),
}


@dataclass
class Measured:
    share: float
    refused: int
    cpu: float = 0.0
    """Seconds of the processor for one letter."""

    waits: list[float] = field(default_factory=list)
    """Seconds from the commit of each reply until the platform had it, the way there left out."""


# --- ours


def fill(tx: Tx, scene: Scene) -> None:
    """One letter for each person; as many people again may write."""
    people = range(1, 2 * scene.letters + 1)
    rows = [{"id": i, "channel": scene.channel, "value": str(62_811_000_000 + i), "heard": tx.now} for i in people]
    tx.conn.execute(insert(schema.address), rows)
    letters = [_letter(tx, scene, i, Priority.BROADCAST) for i in people[: scene.letters]]
    tx.conn.execute(insert(schema.outbox), letters)


def _letter(tx: Tx, scene: Scene, number: int, priority: Priority) -> dict[str, Any]:
    return {
        "id": number,
        "address_id": number,
        "channel": scene.channel,
        "key": "help.alert",
        "params": {"account": f"#{number}#", "why": "pengukuran"},
        "priority": int(priority),
        "not_before": tx.now,
        "created": tx.now,
    }


async def send_all(file: Path, scene: Scene, far: Far) -> Measured:
    store = Store(f"sqlite:///{file}", lambda: datetime.now(UTC))
    migrate.upgrade(store)
    store.run(lambda tx: fill(tx, scene))
    catalog.entries()
    connector, jar = aiohttp.TCPConnector(limit=0, keepalive_timeout=15), aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        sender, stop = make_sender(store, scene, session, far.url), asyncio.Event()
        cpu = time.process_time()
        running = asyncio.create_task(sender.run(stop))
        put = await _write_replies(store, scene, sender) if scene.replies else {}
        while await store.write(_waiting):
            await asyncio.sleep(0.2)
        cpu = time.process_time() - cpu
        stop.set()
        await running
    await store.close()
    stats = await far.stats(all="yes")
    at = {int(name.split(":")[1]): moment for name, moment in stats["at"].items()}
    if len(at) != scene.letters + len(put):
        raise RuntimeError(f"{len(at)} letters of {scene.letters + len(put)} arrived")
    # With replies the time counts in which there was something to send all along: until the broadcast's end.
    last = max(moment for number, moment in at.items() if number <= scene.letters)
    within = [moment for moment in at.values() if moment <= last]
    waits = [at[number] - since - WAY for number, since in put.items() if at[number] <= last]
    return Measured(_share(within, scene.limit), stats["said"].get("slow", 0), cpu / len(at), waits)


def make_sender(store: Store, scene: Scene, session: aiohttp.ClientSession, url: str) -> Sender:
    """As `bot.live` makes it."""
    on_telegram = scene.channel == "telegram"
    channel: Channel = WhatsApp("a-token-of-nobody", PHONE_ID, BUSINESS_ID, f"{url}/v23.0", session)
    if on_telegram:
        channel = Telegram(Bot(TOKEN, base_url=f"{url}/bot", request=AiohttpRequest(session)))
    return Sender(
        store,
        scene.channel,
        channel,
        (scene.channel,),
        make_file,
        Pacer(scene.limit),
        Spacing(1.0, 3) if on_telegram else Spacing(6.0, 10),
        sent_is_reached=on_telegram,
        wait_for_news=timedelta(0),
        longest=timedelta(seconds=60),
        alone=True,
    )


async def _write_replies(store: Store, scene: Scene, sender: Sender) -> dict[int, float]:
    """Somebody writes every now and then, and the answer is put into the outbox; returns when each was there."""
    dice, put = random.Random(3), dict[int, float]()
    until = time.monotonic() + scene.letters / scene.limit
    number = scene.letters
    while time.monotonic() < until:
        await asyncio.sleep(dice.expovariate(1 / REPLIES_EVERY))
        number += 1
        await store.write(
            lambda tx, i=number: tx.conn.execute(insert(schema.outbox), _letter(tx, scene, i, Priority.REPLY))  # type: ignore[misc]
        )
        put[number] = time.monotonic()
        sender.wake()
    return put


def _waiting(tx: Tx) -> bool:
    """Looked for in the partial indexes: counting would cost as much as sending."""
    found = text("SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'queued' OR state = 'sending')")
    return bool(tx.conn.execute(found).scalar_one())


def _share(moments: Sequence[float], limit: int) -> float:
    return (len(moments) - 1) / (max(moments) - min(moments)) / limit


# --- the usual way


class Bucket:
    """Lets `rate` through at once, and then `rate` a second."""

    def __init__(self, rate: float) -> None:
        self.rate, self.level, self.at = rate, 0.0, time.monotonic()

    async def enter(self) -> None:
        while True:
            now = time.monotonic()
            self.level, self.at = max(0.0, self.level - (now - self.at) * self.rate), now
            if self.level + 1 <= self.rate:
                self.level += 1
                return
            await asyncio.sleep((self.level + 1 - self.rate) / self.rate)


async def gather_all(scene: Scene, far: Far) -> Measured:
    bucket, replies = Bucket(scene.limit), dict[int, float]()
    free = asyncio.Event()
    free.set()

    async def send(session: aiohttp.ClientSession, number: int) -> None:
        given = {"chat_id": 62_811_000_000 + number, "text": f"Perlu perhatian: #{number}#"}
        while True:
            await free.wait()
            await bucket.enter()
            async with session.post(f"{far.url}/bot{TOKEN}/sendMessage", json=given) as answer:
                said: Mapping[str, Any] = await answer.json()
            if said["ok"]:
                return
            free.clear()
            await asyncio.sleep(said["parameters"]["retry_after"] + 0.1)
            free.set()

    async def reply(session: aiohttp.ClientSession) -> None:
        dice, number, answers = random.Random(3), scene.letters, []
        until = time.monotonic() + scene.letters / scene.limit
        while time.monotonic() < until:
            await asyncio.sleep(dice.expovariate(1 / REPLIES_EVERY))
            number += 1
            replies[number] = time.monotonic()
            answers.append(asyncio.create_task(send(session, number)))
        await asyncio.gather(*answers)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(send(session, i) for i in range(1, scene.letters + 1)), reply(session))
    stats = await far.stats(all="yes")
    at = {int(name.split(":")[1]): moment for name, moment in stats["at"].items()}
    waits = [at[number] - since - WAY for number, since in replies.items()]
    return Measured(_share(list(at.values()), scene.limit), stats["said"].get("slow", 0), waits=waits)


async def bare_posts(number: int, far: Far) -> float:
    """Seconds of the processor for one request that is only posted and answered: nothing is looked up or kept."""
    waiting = iter(range(1, number + 1))

    async def one_after_the_other(session: aiohttp.ClientSession) -> None:
        for i in waiting:
            words = {"type": "text", "text": {"body": f"Perlu perhatian: #{i}#"}}
            given = {"messaging_product": "whatsapp", "to": str(62_811_000_000 + i), "biz_opaque_callback_data": str(i)}
            async with session.post(f"{far.url}/v23.0/{PHONE_ID}/messages", json={**given, **words}) as answer:
                await answer.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        cpu = time.process_time()
        await asyncio.gather(*(one_after_the_other(session) for _ in range(AT_ONCE)))
        return (time.process_time() - cpu) / number


# --- the figures


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    found: dict[str, Measured] = {}
    set_turns()
    with world.on_disk() as folder:
        for number, (name, scene) in enumerate(SCENES.items()):
            tell(f"{name}: {scene.letters} letters at {scene.limit} a second", number / (len(SCENES) + 1))
            with elsewhere(Wishes(limit=scene.limit, way=WAY, jitter=JITTER)) as far:
                found[name] = uvloop.run(send_all(folder / f"{number}.db", scene, far))
    tell("the usual way", 1 - 1 / (len(SCENES) + 1))
    scene = SCENES["telegram with replies"]
    with elsewhere(Wishes(limit=scene.limit, way=WAY, jitter=JITTER)) as far:
        usual = uvloop.run(gather_all(scene, far))
    with elsewhere(Wishes(way=WAY, jitter=JITTER)) as far:
        bare = uvloop.run(bare_posts(BARE, far))
    return _figures(found, usual, bare)


def _figures(found: Mapping[str, Measured], usual: Measured, bare: float) -> Sequence[Figure]:
    against = "gather behind a leaky bucket (AIORateLimiter)"
    figures = []
    for name, one in found.items():
        least = 95 if "replies" in name else 97
        is_usual = name == "telegram with replies"
        figures += [
            Figure(
                f"{name}: share of the limit",
                100 * one.share,
                "%",
                100 * usual.share if is_usual else None,
                against if is_usual else "",
                f"≥ {least} %",
                100 * one.share >= least,
            ),
            Figure(
                f"{name}: refused for going too fast",
                one.refused,
                "",
                usual.refused if is_usual else None,
                against if is_usual else "",
                "0",
                one.refused == 0,
            ),
        ]
    replies, fast = found["telegram with replies"], found["whatsapp 1000"]
    ours, theirs = _p99(replies.waits), _p99(usual.waits)
    return [
        *figures,
        Figure("replies during a broadcast p99, way left out", ours, "ms", theirs, against, "≤ 100 ms", ours <= 100),
        Figure(
            "processor for one send",
            1000 * fast.cpu,
            "ms",
            1000 * bare,
            "aiohttp: one bare POST of such a body, nothing kept",
            "≤ 0.5 ms",
            fast.cpu <= 0.0005,
        ),
    ]


def _p99(waits: Sequence[float]) -> float:
    return 1000 * quantiles(waits, n=100, method="inclusive")[98]
