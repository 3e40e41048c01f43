"""Does a part that waits end when it is told to, also in the very moment in which it would have gone on?"""

from __future__ import annotations

import asyncio

import pytest

from bot.waiting import at_most


@pytest.mark.parametrize("turns", range(4))
async def test_whoever_is_told_to_end_while_the_event_comes_ends(turns: int):
    event, ended = asyncio.Event(), asyncio.Event()

    async def part() -> None:
        try:
            while True:
                event.clear()
                await at_most(event, 30)
        finally:
            ended.set()

    task = asyncio.create_task(part())
    await asyncio.sleep(0.01)
    event.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(5):
        await ended.wait()


async def test_it_waits_no_longer_than_it_was_told():
    event = asyncio.Event()
    async with asyncio.timeout(5):
        await at_most(event, 0.01)
    event.set()
    async with asyncio.timeout(5):
        await at_most(event, 60)
