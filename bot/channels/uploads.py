"""What does a platform call a file that many letters carry? The first one uploads it, the others name it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.channels.base import Blames, File, Refused

MOST = 64
"""Files that are known at a time; the oldest is uploaded again when it is needed again."""


class Uploads:
    """Of one account, in the memory of its sender: after a restart a file is uploaded once more. `lasts` seconds a
    platform keeps it for sure."""

    def __init__(self, lasts: float) -> None:
        self.lasts = lasts
        self._known: dict[str, tuple[str, float]] = {}
        self._first: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def known(self, file: File) -> AsyncIterator[str | None]:
        """Its name there. None for the one who must upload it and `learn` the name; others wait for that one."""
        if not file.once:
            yield None
            return
        lock = self._first.setdefault(file.once, asyncio.Lock())
        async with lock:
            if self._name(file) is None:
                yield None
                return
        try:
            yield self._name(file)
        except Refused as fault:
            if fault.blames is Blames.LETTER:  # it may be the name that was refused
                self._known.pop(file.once, None)
            raise

    def learn(self, file: File, name: str) -> None:
        if not file.once or not name:
            return
        while len(self._known) >= MOST:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._first.pop(oldest, None)
        self._known[file.once] = (name, time.monotonic() + self.lasts)

    def _name(self, file: File) -> str | None:
        name, until = self._known.get(file.once, ("", 0.0))
        return name if name and time.monotonic() < until else None
