"""What is missing or wrong, and what is to be done? Settings, database, clock, disk, platforms, our own address."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import aiohttp

from bot.doctor import asking, here, outside, telegram, whatsapp
from bot.doctor.finding import Finding, State, without, wrong
from bot.settings import Settings
from data.store import Store, Tx
from handlers.registration.links import TELEGRAM_USERNAME, WHATSAPP_NUMBER

__all__ = ["Finding", "State", "examine", "wrong"]


async def examine(settings: Settings) -> list[Finding]:
    """Looks and asks; nothing is changed but the bot's own name and number, which are kept for invitations."""
    seen = here.of_database(settings)
    try:
        findings = await _everything(settings, seen)
    finally:
        if seen.store is not None:
            await seen.store.close()
    return without(_secrets(settings), findings)


async def _everything(settings: Settings, seen: here.Seen) -> list[Finding]:
    async with aiohttp.ClientSession() as session:
        told, meta, public = await asyncio.gather(
            _telegram(settings, session), _whatsapp(settings, session, seen.numbers), outside.look(settings, session)
        )
    if seen.store is not None and not seen.simulator:
        await _keep(seen.store, {TELEGRAM_USERNAME: told.username, WHATSAPP_NUMBER: meta.number})
    drifts = [drift for drift in (told.drift, meta.drift) if drift is not None]
    zone = seen.kabupaten.zone if seen.kabupaten else settings.zone
    clock = asking.clock(drifts, f"{datetime.now(zone):%d-%m-%Y %H.%M}")
    before = [*here.of_settings(settings), *seen.findings, clock, here.of_disk(settings)]
    return [*before, *told.findings, *meta.findings, *public]


async def _telegram(settings: Settings, session: aiohttp.ClientSession) -> telegram.Telegram:
    if not settings.telegram:
        return telegram.Telegram([])
    return await telegram.look(settings, session, lambda: datetime.now(UTC))


async def _whatsapp(settings: Settings, session: aiohttp.ClientSession, numbers: int) -> whatsapp.Number:
    if not settings.whatsapp:
        return whatsapp.Number([])
    return await whatsapp.look(settings, session, numbers)


async def _keep(store: Store, names: dict[str, str | None]) -> None:
    def keep(tx: Tx) -> None:
        for name, value in names.items():
            if value and tx.settings.get(name) != value:
                tx.settings.keep(name, value)

    await store.write(keep)


def _secrets(settings: Settings) -> list[str]:
    """Everything that must not be printed, and the database's password."""
    hidden = [
        settings.secret_key,
        settings.telegram_token,
        settings.telegram_webhook_secret,
        settings.whatsapp_token,
        settings.whatsapp_app_secret,
        settings.whatsapp_verify_token,
    ]
    password = settings.database_url.partition("://")[2].partition("@")[0].partition(":")[2]
    return [*(value.get_secret_value() for value in hidden if value is not None), password]
