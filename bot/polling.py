"""How do Telegram's updates come in without a public address? We ask, and confirm only what is on disk."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from bot.channels.base import ChannelError, TryLater
from bot.channels.careful import whole
from bot.channels.telegram import Telegram
from bot.waiting import at_most
from bot.web.webhooks import Intake
from data.store import StoreError

log = structlog.get_logger()

WAIT = 25
"""Seconds that Telegram may keep the question open."""

REST = 3.0


async def poll(channel: Telegram, intake: Intake, stop: asyncio.Event) -> None:
    """Until `stop`: the next question carries the offset that confirms the last answers, so nothing is lost."""
    offset: int | None = None
    with contextlib.suppress(ChannelError):
        await channel.remove_webhook()
    while not stop.is_set():
        try:
            updates = await channel.get_updates(offset, WAIT)
            # In their order and into as few commits as possible; one that is not on disk confirms none of them.
            await asyncio.gather(*(intake.take(update) for update in updates))
            offset = max([offset or 0, *((whole(update.get("update_id")) or 0) + 1 for update in updates)])
        except TryLater as fault:
            log.warning("polling waits", fault=str(fault))
            await _rest(stop, max(fault.after, REST))
        except (ChannelError, StoreError) as fault:
            log.warning("polling waits", fault=type(fault).__name__)
            await _rest(stop, REST)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    await at_most(stop, seconds)
