"""How does one wait for an event, but not for ever?"""

from __future__ import annotations

import asyncio
from contextlib import suppress


async def at_most(event: asyncio.Event, seconds: float) -> None:
    """Until it is set or the time is over. Not by `asyncio.wait_for`: before Python 3.12 that swallows a cancellation
    that comes in the moment in which the event is set, and then a part that was told to end goes on for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
