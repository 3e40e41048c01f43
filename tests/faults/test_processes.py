"""What do several processes on one database know of each other? What came in, who ticks, and who has died."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from pydantic import SecretStr

from bot import live, scheduler
from bot.dispatcher import holding
from bot.dispatcher.holding import LEASE, STAND_BY, Holding, only_while_held
from bot.live import TICK_LEASE, Parts, _assemble
from bot.settings import Settings
from data.store import Store
from tests.channels.test_webhooks import delivery, sign, text
from tests.support.databases import Opened
from tests.support.platforms import ACCOUNT_ID, APP_SECRET, PHONE_ID, VERIFY_TOKEN
from tests.support.senders import Scripted, real_now, sending, until


def shared(database: Opened) -> Store:
    """Another process's door to it."""
    store = database.store()
    store.clock = real_now
    return store


def process(store: Store) -> Parts:
    """The parts of one that carries WhatsApp; what it sends goes nowhere."""
    settings = Settings(
        _env_file=None,
        public_url="https://bot.example",
        whatsapp_token=SecretStr("of-nobody"),
        whatsapp_phone_number_id=PHONE_ID,
        whatsapp_business_account_id=ACCOUNT_ID,
        whatsapp_app_secret=SecretStr(APP_SECRET),
        whatsapp_verify_token=SecretStr(VERIFY_TOKEN),
    )
    nowhere: Any = None
    parts = _assemble(settings, store, nowhere)
    parts.senders[0].carrier.channel = Scripted()
    return parts


async def hears(parts: Parts, numbers: range) -> None:
    messages = [text(f"62811{i:06}", f"wamid.{i}", "halo") for i in numbers]
    body = delivery(*messages)
    headers = {name.lower().encode(): value.encode() for name, value in sign(body, APP_SECRET).items()}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    assert await parts.doors["/webhooks/whatsapp"].post(headers, receive) == 200


async def test_what_another_process_heard_counts_against_the_limit_and_our_own_once(on_postgres: Opened):
    """The load balancer gives the webhooks to whom it likes; one process sends. The clock of both stands."""
    one, other = process(on_postgres.store()), process(on_postgres.store())
    sender = one.senders[0]
    async with sending(sender):
        await until(sender.holding.mine)
        await hears(one, range(3))
        await until(lambda: sender.pacer.inbound() == 3)
        await hears(other, range(3, 10))
        await until(lambda: sender.pacer.inbound() == 10)


def test_whoever_dies_is_followed_within_a_minute():
    """By the constants as they are; everywhere else the tests shorten them. A lease asked for just before the death
    lasts longest, and whoever stands by looks now and then."""
    assert LEASE + timedelta(seconds=STAND_BY) < timedelta(minutes=1)
    assert timedelta(minutes=1) > TICK_LEASE, "the next minute's tick is another's"


async def test_of_two_processes_one_ticks_and_the_other_when_that_one_has_died(database: Opened, monkeypatch):
    """On a file a lock keeps a second one away; this is the lease, which would do it too."""
    monkeypatch.setattr(live, "TICK_LEASE", timedelta(seconds=1))
    minutes: list[Callable[[], Awaitable[None]]] = []
    ticked: list[Store] = []

    may_tick = live._may_tick

    def start(every_minute: Callable[[], Awaitable[None]]) -> Any:
        minutes.append(every_minute)
        return SimpleNamespace(shutdown=lambda wait: None)

    async def tick(store: Store, now: datetime) -> None:
        ticked.append(store)

    async def look(now: datetime) -> None:
        """The watch; of the others nothing is awaited."""

    monkeypatch.setattr(live, "_may_tick", lambda tx, holder, alone: may_tick(tx, holder, alone=False))
    monkeypatch.setattr(scheduler, "start", start)
    monkeypatch.setattr(scheduler, "tick", tick)
    stop, two = asyncio.Event(), (shared(database), shared(database))
    idle: Any = SimpleNamespace(look=lambda *now: None, leave=lambda: None)
    watch: Any = SimpleNamespace(look=look)
    tasks = [asyncio.create_task(live._ticks(s, Parts(), stop, idle, idle, watch)) for s in two]
    await until(lambda: len(minutes) == 2)
    first, second = minutes
    for every_minute in (first, second, second, first, second):
        await every_minute()
    assert ticked == [two[0]] * 2
    await asyncio.sleep(1.1)  # the first one is dead: its next minute does not come
    await second()
    await first()
    assert ticked == [two[0]] * 2 + [two[1]]
    stop.set()
    await asyncio.gather(*tasks)


async def test_of_two_processes_one_listens_and_the_other_when_that_one_has_gone(database: Opened, monkeypatch):
    """Polling: a second one would take the first one's updates away."""
    monkeypatch.setattr(holding, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(holding, "RENEW", 0.2)
    monkeypatch.setattr(holding, "STAND_BY", 0.05)
    listening: list[str] = []

    def process(name: str) -> tuple[asyncio.Task[None], asyncio.Event]:
        async def listen() -> None:
            listening.append(name)
            try:
                await asyncio.sleep(60)
            finally:
                listening.remove(name)

        stop, held = asyncio.Event(), Holding(shared(database), live.POLLING, alone=False)
        return asyncio.create_task(only_while_held(held, listen, stop)), stop

    assert await Holding(shared(database), live.POLLING, alone=False).take()  # and never again: it has died
    first, leave = process("first")
    await asyncio.sleep(0.4)
    assert listening == [], "the dead one's lease lasts"
    await until(lambda: listening == ["first"], 5)
    second, stop = process("second")
    await asyncio.sleep(1.2)
    assert listening == ["first"], "its lease was renewed"
    leave.set()
    await first
    await until(lambda: listening == ["second"], 0.7)
    stop.set()
    await second
    assert listening == []
