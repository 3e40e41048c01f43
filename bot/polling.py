"""How do Telegram's updates come in without a public address? We ask, and confirm only what is on disk."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from bot.channels.base import Blames, ChannelError, Refused, TryLater
from bot.channels.careful import whole
from bot.channels.telegram import Telegram
from bot.dispatcher.settling import alert_admins
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
    free = False
    while not stop.is_set():
        try:
            if not free:
                await channel.remove_webhook()
                free = True
            updates = await channel.get_updates(offset, WAIT)
            # In their order and into as few commits as possible; one that is not on disk confirms none of them.
            await asyncio.gather(*(intake.take(update) for update in updates))
            offset = max([offset or 0, *((whole(update.get("update_id")) or 0) + 1 for update in updates)])
        except TryLater as fault:
            log.warning("polling waits", fault=str(fault))
            if fault.alert:  # another one asks too, or a webhook was set behind our back
                free = False
                await _alert(intake, str(fault))
            await at_most(stop, max(fault.after, REST))
        except (ChannelError, StoreError) as fault:
            log.warning("polling waits", fault=type(fault).__name__)
            if isinstance(fault, Refused) and fault.blames is Blames.ACCOUNT:
                await _alert(intake, fault.reason)
            await at_most(stop, REST)


async def _alert(intake: Intake, why: str) -> None:
    """Once a day, as the sender's own troubles are."""
    with contextlib.suppress(StoreError):
        await intake.store.write(lambda tx: alert_admins(tx, intake.channel.name, why))
        intake.wake()
