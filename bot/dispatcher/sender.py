"""Who sends for an account? Exactly one process, while its lease lasts; replies overtake everything that waits."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import os
import secrets
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bot.channels.base import Channel
from bot.dispatcher.carrying import Carrier, MakeFile, Outcome
from bot.dispatcher.pacer import Pacer, Spacing
from data.accounts import Lease
from data.outbox import Claimed
from data.store import Store, StoreError, Tx
from messages.envelope import Priority, Status

log = structlog.get_logger()

LEASE = timedelta(seconds=30)
RENEW = 8.0
STAND_BY = 5.0
IN_FLIGHT = 64
LOOK = 0.15
"""Seconds between two looks when nobody says that something came in: another process may have put it there."""

AHEAD = 0.25
"""Seconds of sending that are claimed ahead; more would make a new reply wait behind letters already taken."""

REPLIES_AT_ONCE = 32
STOP_WITHIN = 8.0


class Sender:
    """One account's sender. `wait_for_news` is how long a letter without an answer may stay in doubt: on WhatsApp a
    status tells, on Telegram nothing does."""

    def __init__(
        self,
        store: Store,
        account: str,
        channel: Channel,
        kinds: Sequence[str],
        make_file: MakeFile,
        pacer: Pacer,
        spacing: Spacing,
        *,
        sent_is_reached: bool,
        wait_for_news: timedelta,
    ) -> None:
        self.store, self.account, self.kinds = store, account, tuple(kinds)
        self.carrier = Carrier(store, account, channel, dict.fromkeys(kinds, sent_is_reached), make_file)
        self.pacer, self.spacing, self.wait_for_news = pacer, spacing, wait_for_news
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.wake = asyncio.Event()
        self.lease: Lease | None = None
        self.healthy = True
        self._filled = asyncio.Event()
        self._done: list[Outcome] = []
        self._kept = asyncio.Event()
        self._ready: list[tuple[int, int, Claimed]] = []
        self._order = itertools.count()
        self._flying: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(IN_FLIGHT)

    # --- the lease

    async def run(self, stop: asyncio.Event) -> None:
        """Send while the lease is ours; stand by while it is not; finish what is in flight when asked to stop."""
        while not stop.is_set():
            try:
                self.lease = await self.store.write(self._take)
                if self.lease is None:
                    await _first(stop, STAND_BY)
                    continue
                log.info("sending", account=self.account, fence=self.lease.fence)
                await self._send_while_held(stop)
                self.healthy = True
            except StoreError as fault:
                self.healthy = False
                log.error("sender waits for the database", account=self.account, fault=str(fault))
                await _first(stop, 1.0)
        await self._land()

    def _take(self, tx: Tx) -> Lease | None:
        held = tx.accounts.take(self.account, self.holder, _real_now(), LEASE)
        if held is not None:
            self.carrier.stopped_templates = set(tx.accounts.stopped_templates())
        return held

    async def _send_while_held(self, stop: asyncio.Event) -> None:
        keeper = asyncio.create_task(self._keep_lease())
        claimer = asyncio.create_task(self._claim_ahead())
        pacing = asyncio.create_task(self._pace())
        keeping = asyncio.create_task(self._keep_outcomes())
        stopping = asyncio.create_task(stop.wait())
        tasks = {keeper, claimer, pacing, keeping, stopping}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                if (fault := task.exception()) is not None:
                    raise fault
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._give_back()

    async def _keep_lease(self) -> None:
        """Ends when another process has taken over."""
        while self.lease is not None:
            await asyncio.sleep(RENEW)
            held = self.lease
            self.lease = await self.store.write(
                lambda tx, held=held: tx.accounts.renew(held, self.holder, _real_now(), LEASE)  # type: ignore[misc]
            )

    def _mine(self) -> bool:
        """Whether the lease still holds for long enough to send one letter."""
        return self.lease is not None and _real_now() < self.lease.until - timedelta(seconds=2)

    # --- claiming

    async def _claim_ahead(self) -> None:
        """Keep a little ready: replies as they come, the rest only as far ahead as a quarter of a second."""
        swept = 0.0
        loop = asyncio.get_running_loop()
        while True:
            self.wake.clear()
            if loop.time() - swept > 5.0:
                swept = loop.time()
                await self.store.write(self._sweep)
            found = await self.store.write(self._claim) if self._mine() else []
            for claimed in found:
                heapq.heappush(self._ready, (claimed.priority, next(self._order), claimed))
            if found:
                self._filled.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), AHEAD / 4 if found else LOOK)

    def _claim(self, tx: Tx) -> list[Claimed]:
        fence = self.lease.fence if self.lease else 0
        if self._paused(tx):
            return []
        ahead = max(2, int(self.pacer.rate * AHEAD))
        room = max(0, ahead - len(self._ready))
        taken = tx.outbox.claim(self.kinds, fence, REPLIES_AT_ONCE, Priority.CHANGE)
        if room > len(taken):
            taken += tx.outbox.claim(self.kinds, fence, room - len(taken))
        return taken

    def _paused(self, tx: Tx) -> bool:
        until = tx.accounts.paused_until(self.account)
        if until is None:
            return False
        if until > tx.now:
            return True
        tx.accounts.resume(self.account)
        return False

    def _sweep(self, tx: Tx) -> None:
        """Expire what came too late; decide about letters of which nobody knows whether they arrived."""
        tx.outbox.expire()
        flying = self.in_flight_ids()
        for letter_id, priority in tx.outbox.in_doubt(self.kinds, tx.now - self.wait_for_news):
            if letter_id in flying:
                continue
            if priority is Priority.BROADCAST:
                tx.outbox.settle(letter_id, Status.FAILED, error="tidak diketahui apakah sampai; tidak dikirim ulang")
            else:
                tx.outbox.put_back(letter_id, tx.now, "tidak ada jawaban, dikirim lagi")

    def in_flight_ids(self) -> set[int]:
        return {claimed.letter.id for _, _, claimed in self._ready} | {int(t.get_name()) for t in self._flying}

    # --- pacing

    async def _pace(self) -> None:
        while True:
            if not self._ready:
                self._filled.clear()
                await self._filled.wait()
            await self._room.acquire()
            await self.pacer.slot()
            claimed = self._next_ready()
            if claimed is None or not self._mine():
                if claimed is not None:
                    heapq.heappush(self._ready, (claimed.priority, next(self._order), claimed))
                self._room.release()
                await asyncio.sleep(0.01)
                continue
            self.spacing.note(claimed.address_id)
            task = asyncio.create_task(self._carry(claimed), name=str(claimed.letter.id))
            self._flying.add(task)
            task.add_done_callback(self._landed)

    def _next_ready(self) -> Claimed | None:
        """The most urgent letter whose person may hear another one now."""
        later = []
        chosen: Claimed | None = None
        while self._ready:
            entry = heapq.heappop(self._ready)
            if self.spacing.wait(entry[2].address_id) <= 0:
                chosen = entry[2]
                break
            later.append(entry)
        for entry in later:
            heapq.heappush(self._ready, entry)
        return chosen

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._room.release()

    async def _carry(self, claimed: Claimed) -> None:
        outcome = await self.carrier.carry(claimed)
        if outcome.pause is not None:
            self.pacer.pause(outcome.pause.total_seconds(), learn=outcome.free)
        self._done.append(outcome)
        self._kept.set()

    # --- settling

    async def _keep_outcomes(self) -> None:
        """Outcomes are kept together: whatever came in while the last commit was on its way."""
        while True:
            await self._kept.wait()
            self._kept.clear()
            await self._flush()

    async def _flush(self) -> None:
        done, self._done = self._done, []
        if not done:
            return
        try:
            await self.store.write(lambda tx: self._settle(tx, done))
        except StoreError as fault:
            # They stay `sending`; the sweep decides about them later, as after a crash.
            log.error("outcomes not kept", account=self.account, letters=len(done), fault=str(fault))

    def _settle(self, tx: Tx, done: Sequence[Outcome]) -> None:
        for outcome in done:
            self.carrier.settle(tx, outcome)

    # --- stopping

    async def _give_back(self) -> None:
        """What was claimed and never left goes back at once."""
        waiting, self._ready = [claimed for _, _, claimed in self._ready], []

        def put_back(tx: Tx) -> None:
            for claimed in waiting:
                tx.outbox.put_back(claimed.letter.id, tx.now, "", free=True)

        if waiting:
            with contextlib.suppress(StoreError):
                await self.store.write(put_back)

    async def _land(self) -> None:
        """Finish what is in flight, then let the next sender begin."""
        if self._flying:
            await asyncio.wait(self._flying, timeout=STOP_WITHIN)
        await self._flush()
        held = self.lease
        if held is not None:
            with contextlib.suppress(StoreError):
                await self.store.write(lambda tx: tx.accounts.release(held, self.holder))
        self.lease = None


async def _first(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def _real_now() -> datetime:
    return datetime.now(UTC)
