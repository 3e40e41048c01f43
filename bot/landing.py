"""What if more comes in than can be worked at? It is kept as it came, acknowledged, and worked at in its turn.

While little comes, an event is worked at and answered in one transaction, before the platform is. Only where many wait
for the writer, or something lies here already (the order stays), is the delivery itself put on disk first: that costs
a tenth. What a dead process left is taken up by the next one; the event's id makes a second time harmless.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.channels.base import Channel
from bot.flood import Flood
from bot.inbox import receive
from bot.waiting import at_most
from data.landed import Landed
from data.store import Store, StoreBusyError, StoreError, Tx
from messages.envelope import Inbound

log = structlog.get_logger()

MANY = 4
"""Changes that wait for the writer: beyond them a platform would wait for its 200."""

MOST = 50_000
"""Events that may lie here: beyond them the platform shall keep its own and come again."""

AT_ONCE, BESIDE = 16, 6
"""Events worked at between two looks at what has arrived, a millisecond each: in a lull, and while more arrives."""

GATHER = 0.001
"""Seconds that the first of a burst waits for others, so that more of them share a row and a commit."""

LULL, LATEST = 0.005, 2.0
"""Seconds without an arrival before the work goes on; but nothing lies here longer without it going on."""

REST = 1.0
"""Seconds before another try where the database takes nothing."""

ANOTHERS = timedelta(seconds=20)
"""Where several processes share a database: what lies there so long belongs to one that died, or is worked at twice
and counted once."""


@dataclass(frozen=True, slots=True)
class _Arrived:
    body: str
    events: Sequence[Inbound]
    on_disk: asyncio.Future[None]


@dataclass(slots=True)
class _Row:
    """Deliveries that went to disk together; gone once each of them was worked at."""

    id: int
    left: int


@dataclass(frozen=True, slots=True)
class _Lying:
    row: _Row
    events: Sequence[Inbound]
    since: float


class Landing:
    """Of one account. `wake` is called when answers lie in the outbox; `flood` knows who writes too much."""

    def __init__(self, store: Store, channel: Channel, wake: Callable[[], None], flood: Flood) -> None:
        self.store, self.channel, self.wake, self.flood = store, channel, wake, flood
        self._arrived: list[_Arrived] = []
        self._lying: deque[_Lying] = deque()
        self._ours: set[int] = set()
        self._over: list[int] = []
        """Worked at, and not yet taken away."""

        self._came_at = self._rested = 0.0
        """While more arrives, the work rests after a while for as long again, so that who posts does not wait."""

        self._came = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    @property
    def needed(self) -> bool:
        return bool(self._arrived or self._lying or self._ours) or self.store.waiting > MANY

    async def keep(self, body: str, events: Sequence[Inbound]) -> None:
        """Until the delivery is on disk. Raises StoreError when it is not, or too much lies there."""
        if len(self._lying) > MOST:
            raise StoreBusyError("more came in than can be worked at")
        arrived = _Arrived(body, events, asyncio.get_running_loop().create_future())
        self._arrived.append(arrived)
        self._came_at = time.monotonic()
        self._came.set()
        self._go_on()
        await arrived.on_disk

    async def take_up(self) -> None:
        """What a process that died has left."""
        age = timedelta(0) if self.store.sqlite else ANOTHERS
        name, store = self.channel.name, self.store
        left: Sequence[Landed] = await store.write(lambda tx: tx.landed.left(name, tx.now - age))
        for one in left:
            if one.id in self._ours:
                continue
            found = [self.channel.parse(json.loads(body), store.clock()) for body in one.bodies]
            self._lie(one.id, [[event for event in events if isinstance(event, Inbound)] for events in found])
        if self._lying:
            self._go_on()

    async def run(self, stop: asyncio.Event) -> None:
        """Look now and then for what others left; at the end of the process the rest stays on disk."""
        while not stop.is_set():
            try:
                await self.take_up()
            except StoreError as fault:
                log.warning("landing waits", account=self.channel.name, fault=str(fault))
            await at_most(stop, ANOTHERS.total_seconds())
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    # --- the work

    def _go_on(self) -> None:
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._arrived or self._lying:
            if self._arrived:
                await asyncio.sleep(GATHER)
            begun, overdue = time.monotonic(), self._overdue()
            quiet = not self._arrived and begun - self._came_at > LULL
            if overdue and not quiet and begun >= self._rested:
                await asyncio.gather(self._land(), self._some(BESIDE))
                self._rested = 2 * time.monotonic() - begun
            elif self._arrived:
                await self._land()
            elif (overdue and quiet) or await self._lull():
                await self._some(AT_ONCE)
            if not (self._arrived or self._lying):
                await self._land()  # nobody came meanwhile: what is over goes

    async def _land(self) -> None:
        """Everything that has arrived, in one commit; with it goes what is over."""
        if not (self._arrived or self._over):
            return
        arrived, self._arrived = self._arrived, []
        self._came.clear()
        bodies, over = [one.body for one in arrived], tuple(self._over)
        try:
            row = await self.store.write(lambda tx: self._change(tx, bodies, over))
        except Exception as fault:  # whoever posted them is told, each of them
            for one in arrived:
                if not one.on_disk.done():
                    one.on_disk.set_exception(fault)
            return
        del self._over[: len(over)]
        self._ours.difference_update(over)
        self._lie(row, [one.events for one in arrived])
        for one in arrived:
            if not one.on_disk.done():
                one.on_disk.set_result(None)

    def _change(self, tx: Tx, bodies: Sequence[str], over: Sequence[int]) -> int:
        if over:
            tx.landed.done(over)
        return tx.landed.keep(self.channel.name, bodies) if bodies else 0

    def _lie(self, number: int, deliveries: Sequence[Sequence[Inbound]]) -> None:
        if deliveries:
            self._ours.add(number)
            row, now = _Row(number, len(deliveries)), time.monotonic()
            self._lying += [_Lying(row, events, now) for events in deliveries]

    def _overdue(self) -> bool:
        return bool(self._lying) and time.monotonic() - self._lying[0].since > LATEST

    async def _lull(self) -> bool:
        await at_most(self._came, LULL)
        return not self._came.is_set()

    async def _some(self, most: int) -> None:
        """The oldest, each in its own savepoint. Their deliveries go with a later commit: until then a second time
        does nothing, for their events are known."""
        some: list[_Lying] = []
        while self._lying and sum(len(one.events) for one in some) < most:
            some.append(self._lying.popleft())
        work = [receive(self.store, msg, self.flood.way(msg)) for one in some for msg in one.events]
        faults = [one for one in await asyncio.gather(*work, return_exceptions=True) if isinstance(one, Exception)]
        if any(isinstance(fault, StoreError) for fault in faults):  # nothing of them is on disk: they keep their turn
            log.error("landed events wait", account=self.channel.name, fault=str(faults[0]))
            self._lying.extendleft(reversed(some))
            await asyncio.sleep(REST)
            return
        if faults:  # not even kept as failed: they stay on disk for the next start
            log.error(
                "landed events not kept", account=self.channel.name, faults=[type(one).__name__ for one in faults]
            )
            return
        for one in some:
            one.row.left -= 1
        self._over += sorted({one.row.id for one in some if not one.row.left})
        self.wake()
