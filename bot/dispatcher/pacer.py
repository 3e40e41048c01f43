"""How fast, and how close together? Evenly below the platform's limit; and never too many to one person."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

SHARE = 0.98
"""Of the set rate: the rest is for the network's jitter. Measured: 97.9 % of 30/s without one 429."""

CATCH_UP = 0.010
"""Seconds of delay that may be made up for by closer slots: a sleeping loop wakes late, never early."""

SLOWER, FASTER = 0.90, 1.005
LEAST = 0.3


class Pacer:
    """Slots at an even distance. `inbound()` says how many messages came in during the last second where the platform
    counts those too. Time is the monotonic clock's, in seconds."""

    def __init__(
        self,
        rate: float,
        inbound: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rate, self.inbound, self.clock = rate, inbound, clock
        self.learned = 1.0
        self._next = clock()
        self._paused_until = 0.0

    @property
    def gap(self) -> float:
        allowed = max(self.rate * SHARE * self.learned - self.inbound(), self.rate * 0.1)
        return 1.0 / allowed

    async def slot(self) -> None:
        """Wait for the next slot and take it."""
        while (wait := max(self._next, self._paused_until) - self.clock()) > 0:
            await asyncio.sleep(wait)
        self._next = max(self._next, self.clock() - CATCH_UP) + self.gap
        self.learned = min(1.0, self.learned * FASTER) if self.learned < 1.0 else 1.0

    def pause(self, seconds: float, *, learn: bool) -> None:
        """The platform said stop: everybody waits exactly that long, and a little slower afterwards."""
        self._paused_until = max(self._paused_until, self.clock() + seconds)
        if learn:
            self.learned = max(LEAST, self.learned * SLOWER)


class Spacing:
    """At most `burst` letters at once to one address, then one every `seconds`."""

    def __init__(self, seconds: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.burst, self.clock = seconds, burst, clock
        self._sent: dict[int, deque[float]] = {}

    def wait(self, address_id: int) -> float:
        """Seconds until the next letter may go to this address; 0 when now."""
        sent = self._sent.get(address_id)
        now = self.clock()
        while sent and sent[0] <= now - self.seconds * self.burst:
            sent.popleft()
        if not sent or len(sent) < self.burst:
            return 0.0
        return max(0.0, sent[0] + self.seconds * self.burst - now)

    def note(self, address_id: int) -> None:
        self._sent.setdefault(address_id, deque()).append(self.clock())
        if len(self._sent) > 10_000:
            self._forget()

    def _forget(self) -> None:
        horizon = self.clock() - self.seconds * self.burst
        self._sent = {address: sent for address, sent in self._sent.items() if sent[-1] > horizon}


class LastSecond:
    """How many messages came in during the last second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._times: deque[float] = deque()

    def note(self, number: int = 1) -> None:
        self._times.extend([self.clock()] * number)

    def __call__(self) -> int:
        horizon = self.clock() - 1.0
        while self._times and self._times[0] <= horizon:
            self._times.popleft()
        return len(self._times)
