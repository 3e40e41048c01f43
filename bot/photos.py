"""How does the photo of a report get here? Fetched from its platform a few at a time, made small, and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

import structlog

from bot.channels.base import ChannelError
from bot.exports.pictures import small
from data.store import Store

log = structlog.get_logger()

AT_ONCE = 5
MOST_BYTES = 16_000_000


class Source(Protocol):
    async def fetch(self, media: str, most: int) -> bytes:
        """The file behind a platform's id. Raises ChannelError."""
        ...


class Photos:
    """`look` is called every minute and returns at once; one round runs at a time."""

    def __init__(self, store: Store, sources: Mapping[str, Source]) -> None:
        self.store, self.sources = store, sources
        self._busy: asyncio.Task[None] | None = None

    def look(self) -> None:
        if self.sources and (self._busy is None or self._busy.done()):
            self._busy = asyncio.create_task(self.fetch())

    async def finish(self) -> None:
        if self._busy is not None:
            await self._busy

    def leave(self) -> None:
        """What was under way is fetched again after the next start."""
        if self._busy is not None:
            self._busy.cancel()

    async def fetch(self) -> None:
        for photo in await self.store.write(lambda tx: tx.reports.photos_waiting(AT_ONCE)):
            source = self.sources.get(photo.channel)
            if source is None:
                continue
            content = None
            with suppress(ChannelError):
                content = await asyncio.to_thread(small, await source.fetch(photo.media, MOST_BYTES))
            await self.store.write(lambda tx, i=photo.id, c=content: tx.reports.keep_picture(i, c))  # type: ignore[misc]
            if content is None:
                log.warning("photo not fetched", photo=photo.id)
