"""How fast, and how close together? Evenly below the platform's limit; and never too many to one person."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from math import sqrt

SHARE = 0.98
"""Of the set rate: the rest is for the network's jitter."""

JITTER = 0.024
"""Seconds by which the network may push letters together. The platform counts when they arrive, we when they leave."""

SURE = 5.0
"""Standard deviations: of many letters near the edge of a second about as many are pushed out of it as into it."""

CATCH_UP = 0.5
"""Seconds of delay that are made up for by closer slots: a sleeping loop wakes late, never early."""

CLOSER = 0.7
"""How much closer such slots may be; no burst, whatever we owe."""

SLOWER = 0.95
RECOVERS = 0.002
"""Of the full rate, each second after the platform complained."""

LEAST = 0.3
FLOOR = 0.1
"""Of the rate, whatever comes in: where nothing may go out nothing is answered."""

Clock = Callable[[], float]


class Slot:
    """When one letter left: first its place in the row, then, once it is known, when the request really went out."""

    __slots__ = ("at", "clock")

    def __init__(self, clock: Clock) -> None:
        self.at, self.clock = clock(), clock

    def left(self) -> None:
        self.at = self.clock()


class Pacer:
    """Slots at an even distance. `inbound()` says how many messages came in during the last second where the platform
    counts those too. Time is the monotonic clock's, in seconds."""

    def __init__(self, rate: float, inbound: Callable[[], int] = lambda: 0, clock: Clock = time.monotonic) -> None:
        self.rate, self.inbound, self.clock = rate, inbound, clock
        self._slowed_to, self._slowed_at = 1.0, clock()
        self._next = clock()
        self._paused_until = 0.0
        self._few = max(1, round(rate / 50))
        # Of n letters within the jitter of an edge a sixth is the variance; a second has two edges.
        self._jitter = min(JITTER, SURE * sqrt(rate * JITTER / 3) / rate)
        self._slots: deque[Slot] = deque(maxlen=max(int(rate) + 1, self._few))

    @property
    def learned(self) -> float:
        """The share of the rate that the platform lets us have: less after it complained, and slowly more again."""
        return min(1.0, self._slowed_to + RECOVERS * (self.clock() - self._slowed_at))

    def wait(self) -> float:
        """Seconds until the next slot; 0 or less when it is there."""
        allowed = self._allowed()
        earliest = max(self._next, self._paused_until, self._full_until(allowed))
        if len(self._slots) >= self._few:
            earliest = max(earliest, self._slots[-self._few].at + self._few * CLOSER / (allowed * SHARE))
        return earliest - self.clock()

    def take(self) -> Slot:
        """A letter leaves in this slot."""
        slot, allowed = Slot(self.clock), self._allowed()
        # What the loop was late is made up for, and what our own margin made us wait; not what the limit did.
        limited = self._full_until(allowed) - self._jitter
        self._next = max(self._next, limited, slot.at - CATCH_UP) + 1.0 / (allowed * SHARE)
        self._slots.append(slot)
        return slot

    def _allowed(self) -> float:
        return max(self.rate * self.learned - self.inbound(), self.rate * FLOOR)

    def _full_until(self, allowed: float) -> float:
        """Until when the last second, as the platform may see it, has no room."""
        return self._slots[-int(allowed)].at + 1.0 + self._jitter if len(self._slots) >= allowed >= 1.0 else 0.0

    def pause(self, seconds: float, *, learn: bool) -> None:
        """The platform said stop: everybody waits exactly that long, and afterwards goes a little slower. What was
        under way meets the same refusal; that is one lesson, not many."""
        now = self.clock()
        if learn and now >= self._paused_until:
            self._slowed_to, self._slowed_at = max(LEAST, self.learned * SLOWER), now + seconds
        self._paused_until = max(self._paused_until, now + seconds)
        self._next = max(self._next, self._paused_until)  # nothing of this time is made up for


class Spacing:
    """At most `burst` letters at once to one address, then one every `seconds`."""

    def __init__(self, seconds: float, burst: int, clock: Clock = time.monotonic) -> None:
        self.seconds, self.ahead, self.clock = seconds, seconds * (burst - 1), clock
        self._paid: dict[int, float] = {}
        """Until when each address has used up its letters: one number for each, and only while it matters."""

        self._resting: set[int] = set()
        self._many = 1_000

    def resting(self) -> set[int]:
        """Addresses that may not hear another letter yet."""
        latest = self.clock() + self.ahead
        self._resting = {address_id for address_id in self._resting if self._paid.get(address_id, 0.0) > latest}
        return self._resting

    def note(self, address_id: int) -> None:
        """A letter leaves for this address."""
        now = self.clock()
        paid = max(self._paid.get(address_id, now), now) + self.seconds
        self._paid[address_id] = paid
        if paid > now + self.ahead:
            self._resting.add(address_id)
        if len(self._paid) > self._many:
            self._paid = {address: paid for address, paid in self._paid.items() if paid > now}
            self._many = max(1_000, 2 * len(self._paid))


class LastSecond:
    """How many messages came in during the last second: as many as were noted here, or, where other processes hear
    them too, as the database told of all. What was noted is part of what it tells."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self._times: deque[float] = deque()
        self._told, self._told_at = 0, clock()

    def note(self, number: int = 1) -> None:
        self._times.extend([self.clock()] * number)

    def tell(self, number: int) -> None:
        """So many came in to all processes during the second that ends now."""
        self._told, self._told_at = number, self.clock()

    def __call__(self) -> int:
        horizon = self.clock() - 1.0
        while self._times and self._times[0] <= horizon:
            self._times.popleft()
        return max(len(self._times), self._told if self._told_at > horizon else 0)
