"""Who sends for an account? Exactly one process, while its lease lasts; a higher fence ends every lower one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.waiting import at_most, first_of
from data.accounts import Lease
from data.store import Store, StoreError

log = structlog.get_logger()

LEASE = timedelta(seconds=30)
RENEW = 8.0
STAND_BY = 5.0
MARGIN = 2.0
"""Seconds before its end in which the lease counts as over: nothing may leave that arrives after it."""


class Holding:
    """One process's right to send for an account. `alone` says that a lock on the database's file already keeps every
    other process away: then the lease of one that died need not run out."""

    def __init__(self, store: Store, account: str, *, alone: bool) -> None:
        self.store, self.account, self.alone = store, account, alone
        self.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.lease: Lease | None = None
        self._sure = _Until()

    @property
    def fence(self) -> int:
        return self.lease.fence if self.lease else 0

    def mine(self) -> bool:
        """Whether a letter may still leave. Asks no database: one that hangs must not keep a zombie alive."""
        return self.lease is not None and self._sure.lasts()

    async def take(self) -> bool:
        sure = _Until()
        self.lease = await self.store.write(
            lambda tx: tx.accounts.take(self.account, self.holder, _now(), LEASE, alone=self.alone)
        )
        self._sure = sure
        return self.lease is not None

    async def keep(self) -> None:
        """Renew it again and again; ends when another process has taken over."""
        while (held := self.lease) is not None:
            await asyncio.sleep(RENEW)
            sure = _Until()
            self.lease = await self.store.write(
                lambda tx, held=held: tx.accounts.renew(held, self.holder, _now(), LEASE)  # type: ignore[misc]
            )
            self._sure = sure

    async def release(self) -> None:
        """A clean stop: the next one need not wait for the lease to run out."""
        if (held := self.lease) is not None:
            with contextlib.suppress(StoreError):
                await self.store.write(lambda tx: tx.accounts.release(held, self.holder))
        self.lease = None


async def only_while_held(holding: Holding, work: Callable[[], Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Do `work` as long as the right is ours, again whenever it comes to us, until we are asked to stop."""
    while not stop.is_set():
        try:
            if not await holding.take():
                await wait_or_stop(stop, STAND_BY)
                continue
            await first_of(work(), holding.keep(), stopped(stop))
        except StoreError as fault:
            log.error("waits for the database", account=holding.account, fault=str(fault))
            await wait_or_stop(stop, 1.0)
    await holding.release()


async def wait_or_stop(stop: asyncio.Event, seconds: float) -> None:
    await at_most(stop, seconds)


async def stopped(stop: asyncio.Event) -> None:
    await stop.wait()


class _Until:
    """How long a lease asked for now certainly lasts, by two clocks: the wall's may be set, the other one stands still
    while the machine sleeps."""

    def __init__(self) -> None:
        lasts = LEASE.total_seconds() - MARGIN
        self._steady, self._wall = time.monotonic() + lasts, time.time() + lasts

    def lasts(self) -> bool:
        return time.monotonic() < self._steady and time.time() < self._wall


def _now() -> datetime:
    return datetime.now(UTC)
