"""What runs when real channels are configured? Webhooks or polling, the ticks, and one sender per account."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import aiohttp
import structlog
import uvicorn
from telegram import Bot

from bot import dashboard, scheduler
from bot.channels.base import ChannelError
from bot.channels.telegram import AiohttpRequest, Telegram
from bot.channels.whatsapp import WhatsApp
from bot.dashboard.machine import Machine
from bot.dispatcher import LastSecond, Pacer, Sender, Spacing
from bot.dispatcher.holding import Holding, only_while_held
from bot.files import Files
from bot.flood import Flood
from bot.landing import Landing
from bot.menus import Menus
from bot.names import keep_names
from bot.nightly import Nightly
from bot.photos import Photos, Source
from bot.polling import poll
from bot.settings import Settings
from bot.turns import set_turns
from bot.waiting import first_of
from bot.watch import Watch, free_of
from bot.web import Health, make_web
from bot.web.webhooks import Door, Intake, telegram_door, whatsapp_door
from data.accounts import Lease
from data.store import Store, Tx
from messages.envelope import Inbound

log = structlog.get_logger()

NO_NEWS = timedelta(0)
"""Telegram never says later what became of a request without an answer."""

WHATSAPP_NEWS = timedelta(seconds=90)
"""How long a status may take that tells it."""

LONGEST = timedelta(seconds=90)
"""No attempt lasts longer, one of a dead process's either: 60 seconds for its file, 20 for the letter."""

TICK_LEASE = timedelta(seconds=50)
TICKS, POLLING = "ticks", "telegram polling"


@dataclass
class Parts:
    """What one process carries."""

    senders: list[Sender] = field(default_factory=list)
    doors: dict[str, Door] = field(default_factory=dict)
    telegram: Telegram | None = None
    telegram_intake: Intake | None = None
    landings: list[Landing] = field(default_factory=list)
    whatsapp: WhatsApp | None = None
    last_tick: datetime | None = None

    def sources(self) -> dict[str, Source]:
        """Where photos are fetched."""
        found: dict[str, Source | None] = {"telegram": self.telegram, "whatsapp": self.whatsapp}
        return {name: channel for name, channel in found.items() if channel is not None}

    def wake(self) -> None:
        """An answer to one account may lie in another's outbox: the pendamping of a family writes elsewhere."""
        for one in self.senders:
            one.wake()


def start(settings: Settings, store: Store, host: str, port: int, *, web: bool, sender: bool) -> None:
    """Run on the fast event loop where there is one."""
    set_turns()
    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(run_live(settings, store, host, port, web=web, sender=sender))


def _loop() -> asyncio.AbstractEventLoop:
    if find_spec("uvloop") is None:  # not made for Windows
        return asyncio.new_event_loop()
    import uvloop

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


async def run_live(settings: Settings, store: Store, host: str, port: int, *, web: bool, sender: bool) -> None:
    """Run until SIGTERM or Ctrl-C; what is in flight is finished and the leases are given back within ten seconds."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=15)  # each sender bounds what is under way
    jar = aiohttp.DummyCookieJar()  # neither platform sets any
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        parts = _assemble(settings, store, session)
        tasks = [asyncio.create_task(s.run(stop)) for s in parts.senders] if sender else []
        if sender:
            nightly = Nightly(store, settings.backups, settings.backup_keep, settings.zone)
            photos = Photos(store, parts.sources())
            watch = Watch(store, settings.zone, free_of(_folder(store)), statuses=settings.whatsapp)
            tasks.append(asyncio.create_task(_ticks(store, parts, stop, nightly, photos, watch)))
            if parts.telegram is not None:
                tasks.append(asyncio.create_task(Menus(store, parts.telegram).run(stop)))
        names = asyncio.create_task(keep_names(store, parts.telegram, parts.whatsapp))
        if web:
            tasks.append(asyncio.create_task(_serve(settings, store, parts, stop, host, port, sender=sender)))
            tasks += [asyncio.create_task(landing.run(stop)) for landing in parts.landings]
            if parts.telegram is not None and parts.telegram_intake is not None:
                tasks.append(asyncio.create_task(_listen(settings, store, parts.telegram, parts.telegram_intake, stop)))
        log.info("running", web=web, sender=sender, accounts=[s.account for s in parts.senders])
        await _until_stopped(tasks, stop)
        names.cancel()
        await asyncio.gather(names, return_exceptions=True)
    await store.close()


def _folder(store: Store) -> Path:
    """Where the data lies; with a server, where our own files do."""
    return Path(store.url.database or "").parent if store.sqlite else Path()


async def _until_stopped(tasks: Sequence[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """A part that ends by a fault ends the process: whoever watches it starts it anew."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


def _assemble(settings: Settings, store: Store, session: aiohttp.ClientSession) -> Parts:
    parts = Parts()
    if settings.telegram_token is not None:
        _add_telegram(settings, store, session, parts)
    if settings.whatsapp_token is not None:
        _add_whatsapp(settings, store, session, parts)
    return parts


def _add_telegram(settings: Settings, store: Store, session: aiohttp.ClientSession, parts: Parts) -> None:
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    base = settings.telegram_api_url.rstrip("/")
    request = AiohttpRequest(session)
    bot = Bot(
        token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=request, get_updates_request=request
    )
    channel = Telegram(bot)
    sender = Sender(
        store,
        "telegram",
        channel,
        ("telegram",),
        Files(store),
        Pacer(settings.telegram_rate),
        Spacing(1.0, 3),
        sent_is_reached=True,
        wait_for_news=NO_NEWS,
        longest=LONGEST,
        alone=store.sqlite,
    )
    answering: set[asyncio.Task[None]] = set()

    async def after(events: Sequence[Inbound]) -> None:
        for callback in [msg.callback for msg in events if msg.callback]:
            task = asyncio.create_task(_answer(channel, callback))
            answering.add(task)
            task.add_done_callback(answering.discard)

    flood = Flood()
    landing = Landing(store, channel, parts.wake, flood)
    intake = Intake(store, channel, after, parts.wake, flood, landing)
    parts.senders.append(sender)
    parts.telegram, parts.telegram_intake = channel, intake
    parts.landings.append(landing)  # when polling too: a webhook of before may have left something there
    if settings.telegram_mode == "webhook":
        secret = settings.telegram_webhook_secret.get_secret_value() if settings.telegram_webhook_secret else ""
        parts.doors |= telegram_door(intake, secret)


async def _answer(channel: Telegram, callback: str) -> None:
    """The little clock on the button stops, whatever the press came to."""
    try:
        await channel.answer_callback(callback)
    except ChannelError as fault:
        log.info("callback not answered", fault=type(fault).__name__)


def _add_whatsapp(settings: Settings, store: Store, session: aiohttp.ClientSession, parts: Parts) -> None:
    inbound = LastSecond()
    channel = WhatsApp(
        settings.whatsapp_token.get_secret_value() if settings.whatsapp_token else "",
        settings.whatsapp_phone_number_id or "",
        settings.whatsapp_business_account_id or "",
        settings.whatsapp_api_url,
        session,
    )
    parts.whatsapp = channel
    sender = Sender(
        store,
        "whatsapp",
        channel,
        ("whatsapp",),
        Files(store),
        Pacer(settings.whatsapp_rate, inbound),
        Spacing(6.0, 10),
        sent_is_reached=False,
        wait_for_news=WHATSAPP_NEWS,
        longest=LONGEST,
        alone=store.sqlite,
    )
    if not store.sqlite:
        # What comes in is counted against the same limit, whichever process hears it.
        sender.heard = inbound.tell

    async def after(events: Sequence[Inbound]) -> None:
        inbound.note(len(events))

    secret = settings.whatsapp_app_secret.get_secret_value() if settings.whatsapp_app_secret else ""
    verify = settings.whatsapp_verify_token.get_secret_value() if settings.whatsapp_verify_token else ""
    parts.senders.append(sender)
    flood = Flood()
    landing = Landing(store, channel, parts.wake, flood)
    parts.landings.append(landing)
    parts.doors |= whatsapp_door(Intake(store, channel, after, parts.wake, flood, landing), secret, verify)


async def _listen(settings: Settings, store: Store, channel: Telegram, intake: Intake, stop: asyncio.Event) -> None:
    """Polling, in one process only, or a webhook that is set once."""
    if settings.telegram_mode == "polling":
        await only_while_held(Holding(store, POLLING, alone=store.sqlite), lambda: poll(channel, intake, stop), stop)
        return
    await first_of(_set_webhook(settings, channel), stop.wait())
    await stop.wait()


async def _set_webhook(settings: Settings, channel: Telegram) -> None:
    secret = settings.telegram_webhook_secret.get_secret_value() if settings.telegram_webhook_secret else ""
    while True:
        try:
            await channel.set_webhook(f"{(settings.public_url or '').rstrip('/')}/webhooks/telegram", secret)
            return
        except ChannelError as fault:
            log.warning("webhook not set yet", fault=str(fault))
            await asyncio.sleep(5)


async def _ticks(
    store: Store, parts: Parts, stop: asyncio.Event, nightly: Nightly, photos: Photos, watch: Watch
) -> None:
    """Once a minute, in one process only; `once` would make a second one harmless, the lease makes it idle."""
    holder = secrets.token_hex(8)

    async def every_minute() -> None:
        now = store.clock()
        if await store.write(lambda tx: _may_tick(tx, holder, alone=store.sqlite)) is None:
            return
        await scheduler.tick(store, now)
        nightly.look(now)
        photos.look()
        await watch.look(now)
        parts.last_tick = now
        parts.wake()

    running = scheduler.start(every_minute)
    try:
        await stop.wait()
    finally:
        running.shutdown(wait=False)
        nightly.leave()
        photos.leave()


def _may_tick(tx: Tx, holder: str, *, alone: bool) -> Lease | None:
    """Alone on a file no clock that was put back makes us wait for a lease of the future."""
    return tx.accounts.take(TICKS, holder, tx.now, TICK_LEASE, alone=alone)


async def _serve(
    settings: Settings, store: Store, parts: Parts, stop: asyncio.Event, host: str, port: int, *, sender: bool
) -> None:
    health = Health(
        store,
        last_tick=lambda: parts.last_tick if sender else None,
        sender=lambda: not sender or all(one.healthy for one in parts.senders),
        free=free_of(_folder(store)),
    )

    async def wake() -> None:
        parts.wake()

    machine = Machine(free_of(_folder(store)), settings.backups)
    secure = (settings.public_url or "").startswith("https:")
    config = uvicorn.Config(
        make_web(
            store,
            health,
            dashboard.routes(store, secure=secure, after=wake, machine=machine),
            None,
            parts.doors,
        ),
        host=host,
        port=port,
        log_config=None,  # its lines go where ours go
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    stopping.cancel()
