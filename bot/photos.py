"""How do the photos of a report and the files of a broadcast get here? Fetched a few at a time, made small, kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

import structlog

from bot import inbox
from bot.channels.base import ChannelError, Refused
from bot.exports.enclosures import Unusable, ready
from bot.exports.pictures import small
from data.store import Store, Tx
from handlers import broadcast
from messages.envelope import Outbound

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
        for file in await self.store.write(lambda tx: tx.broadcasts.files.waiting(AT_ONCE)):
            await self._fetch_file(self.sources.get(file.channel), file)

    async def _fetch_file(self, source: Source | None, file: Any) -> None:
        """What can never be used is told at once; what could not be had now is asked for again."""
        fault = ""
        try:
            if source is None:
                raise ChannelError(f"{file.channel} is not configured here")
            mime, content = await asyncio.to_thread(ready, await source.fetch(file.media, MOST_BYTES))
        except Unusable as unusable:
            fault = unusable.fault
        except Refused:
            fault = "lost"
        except ChannelError:
            await self.store.write(lambda tx: _post(tx, broadcast.on_try(tx, file.id)))
            return
        if fault:
            log.warning("file not usable", file=file.id, fault=fault)
            await self.store.write(lambda tx: _post(tx, broadcast.on_unusable(tx, file.id, fault)))
            return
        await self.store.write(lambda tx: _post(tx, broadcast.on_fetched(tx, file.id, mime, content)))


def _post(tx: Tx, letters: list[Outbound]) -> None:
    inbox.post(tx, letters)
