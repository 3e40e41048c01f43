"""Under which names do the platforms know this bot? Asked at the start, kept for links and posters."""

from __future__ import annotations

import structlog

from bot.channels.base import ChannelError
from bot.channels.telegram import Telegram
from bot.channels.whatsapp import WhatsApp
from data.store import Store
from handlers.registration.links import TELEGRAM_USERNAME, WHATSAPP_NUMBER

log = structlog.get_logger()


async def keep_names(store: Store, telegram: Telegram | None, whatsapp: WhatsApp | None) -> None:
    """A platform that does not answer changes nothing: what it said last time stays."""
    found: dict[str, str] = {}
    try:
        if telegram is not None:
            found[TELEGRAM_USERNAME] = await telegram.username()
        if whatsapp is not None:
            found[WHATSAPP_NUMBER] = await whatsapp.display_number()
    except ChannelError as fault:
        log.warning("name not known yet", fault=type(fault).__name__)
    for name, value in found.items():
        if value:
            await store.write(lambda tx, name=name, value=value: tx.settings.keep(name, value))  # type: ignore[misc]
