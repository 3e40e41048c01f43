"""How does one wait for an event or for the first of several, but not for ever?"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any


async def at_most(event: asyncio.Event, seconds: float) -> None:
    """Until it is set or the time is over. Not by `asyncio.wait_for`: before Python 3.12 that swallows a cancellation
    that comes in the moment in which the event is set, and then a part that was told to end goes on for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def first_of(*works: Coroutine[Any, Any, object]) -> None:
    """Until one of them ends; the others are cancelled, whatever they wait for. Raises what really failed."""
    tasks = {asyncio.create_task(one) for one in works}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    raise_first(results)


def raise_first(results: Sequence[object]) -> None:
    """What really failed, of tasks that were ended together."""
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result
