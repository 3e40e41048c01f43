"""How do letters leave? Looked up, taken just before their slot, sent, settled; replies overtake all that waits.

One transaction after the other does everything that the database must know: it keeps what came back since the last
one and takes what may go next. Beside it a loop lets what was taken leave, each letter in a slot of the pacer.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.channels import leaving
from bot.channels.base import Channel
from bot.dispatcher.carrying import Carrier, MakeFile, Outcome, Result, unsent
from bot.dispatcher.holding import STAND_BY, Holding, stopped, wait_or_stop
from bot.dispatcher.pacer import Pacer, Spacing
from bot.dispatcher.settling import Settler
from bot.dispatcher.turning import Turn, Turner, Wish
from bot.waiting import at_most, raise_first
from data.sending import Claimed
from data.store import Store, StoreError
from messages.envelope import Priority

log = structlog.get_logger()

LOOK, IDLE = 0.1, 1.0
"""Seconds between two looks when nobody says that something came in: another process may have put it there. The
longer nothing comes, the rarer."""

GATHER = 0.03
"""Seconds that answers wait for others, so that they share a commit. A reply that was put there waits for none."""

AHEAD, MOST_AHEAD = 0.02 + GATHER, 0.5
"""Seconds of sending that are taken ahead, beside the time of three transactions: no slot waits for the disk. After a
crash nobody knows of these whether they left, so there are no more than needed."""

GRAIN = 0.005
"""Seconds between two wakes of the loop that lets letters leave: at the highest rates several leave at one wake, which
costs a quarter less than a wake for each."""

URGENT = 32
"""Replies and changes that are taken at once; more of them wait in the outbox."""

FRESH = 1.0
"""Letters that were looked up, but not taken, are looked up anew after so many seconds."""

SWEEP = 5.0
LEAST_ROOM = 64
FOR_REPLIES = 0.25
"""The share of what may be under way at once that is kept for replies and changes."""

LONG_PAUSE = 1.0
STOP_WITHIN = 8.0


class Sender:
    """One account's sender. `wait_for_news` is how long a letter without an answer may stay in doubt: on WhatsApp a
    status tells, on Telegram nothing does. `longest` is how long a request of a dead process may still be under way."""

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
        longest: timedelta,
        alone: bool = False,
    ) -> None:
        self.store, self.account, self.kinds = store, account, tuple(kinds)
        self.carrier = Carrier(store, channel, make_file)
        self.holding = Holding(store, account, alone=alone)
        settler = Settler(account, dict.fromkeys(kinds, sent_is_reached))
        self.turner = Turner(self.holding, settler, self.kinds, min(max(32, int(pacer.rate / 4)), 256))
        self.pacer, self.spacing = pacer, spacing
        self.wait_for_news = wait_for_news.total_seconds()
        self.inherits_after = max(self.wait_for_news, 0.0 if alone else longest.total_seconds())
        self.heard: Callable[[int], None] | None = None
        """Told how many messages came in during the last second, where other processes hear some of them."""

        self.healthy = True
        self.room = max(LEAST_ROOM, int(pacer.rate / 2))
        self._turn_takes = 0.01
        self._open: dict[int, Claimed] = {}
        """Everything taken and not yet settled. A letter of ours that flies and is not in here never left."""

        self._ready: list[tuple[int, int, Claimed]] = []
        self._order = itertools.count()
        self._bulk_ready = 0
        self._flying: set[asyncio.Task[None]] = set()
        self._doubtful: dict[int, float] = {}
        self._done: list[Outcome] = []
        self._seen: list[Claimed] = []
        self._stir, self._move, self._woken = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._closing = self._one_by_one = self._begun = False
        self._idle = LOOK
        self._urgent_at = self._look_at = self._fresh_at = self._sweep_at = self._inherit_at = 0.0
        self._listen_at = 0.0
        self._paused_until: datetime | None = None

    @property
    def ahead(self) -> int:
        """How many letters are kept ready."""
        return max(2, int(self.pacer.rate * min(MOST_AHEAD, AHEAD + 3 * self._turn_takes)))

    def wake(self) -> None:
        """Something may have been put into the outbox."""
        self._idle = LOOK
        self._woken.set()
        self._stir.set()

    # --- while the lease is ours

    async def run(self, stop: asyncio.Event) -> None:
        """Send while the lease is ours; stand by while it is not; finish what is under way when asked to stop."""
        while not stop.is_set():
            try:
                if await self.holding.take():
                    log.info("sending", account=self.account, fence=self.holding.fence)
                    await self._begin()
                    await self._send_while_held(stop)
                else:
                    await self._settle_only()
                    self.healthy = True
                    await wait_or_stop(stop, STAND_BY)
            except StoreError as fault:
                self.healthy = False
                log.error("sender waits for the database", account=self.account, fault=str(fault))
                await wait_or_stop(stop, 1.0)
        await self._land()

    async def _begin(self) -> None:
        """Somebody may have mended the account and started us for it: once in a process, its letters try at once."""
        if not self._begun:
            await self.store.write(lambda tx: tx.accounts.try_again(self.account))
            self._begun = True

    async def _send_while_held(self, stop: asyncio.Event) -> None:
        now = asyncio.get_running_loop().time()
        self._closing, self._seen = False, []
        self._urgent_at = self._look_at = self._fresh_at = self._sweep_at = 0.0
        self._inherit_at = now + self.inherits_after
        turning = asyncio.create_task(self._turns())
        others = {asyncio.create_task(one) for one in (self.holding.keep(), self._pace(), stopped(stop))}
        try:
            await asyncio.wait({turning, *others}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in others:
                task.cancel()
            # A transaction under way is awaited, not cancelled: what it took and kept must be known here.
            self._closing = True
            self.wake()
            results = await asyncio.gather(turning, *others, return_exceptions=True)
            self._give_back()
        raise_first(results)

    # --- one transaction after the other

    async def _turns(self) -> None:
        while not self._closing:
            self._stir.clear()
            wish, begun = self._wish(), time.monotonic()
            try:
                turn = await self.store.write(lambda tx, wish=wish: self.turner.run(tx, wish))  # type: ignore[misc]
            except StoreError:
                raise
            except Exception:
                if self._one_by_one or not wish.done:
                    raise
                self._one_by_one = True
                continue
            self._one_by_one, self.healthy = False, True
            took = time.monotonic() - begun
            self._turn_takes = max(took, self._turn_takes + 0.1 * (took - self._turn_takes))
            self._take_in(wish, turn)
            if turn.lost:
                return
            await self._until_needed(turn, bool(turn.taken or wish.done))

    def _wish(self) -> Wish:
        now = asyncio.get_running_loop().time()
        self._end_doubts(now)
        bulk = self.ahead - self._bulk_ready
        urgent = 0
        if self._woken.is_set() or now >= self._urgent_at:
            urgent = max(0, max(URGENT, self.ahead) - (len(self._ready) - self._bulk_ready))
            self._urgent_at = now + self._idle
            self._woken.clear()
        if sweep := now >= self._sweep_at:
            self._sweep_at = now + SWEEP
        if listen := self.heard is not None and now >= self._listen_at:
            self._listen_at = now + LOOK
        return Wish(
            done=tuple(self._done),
            one_by_one=self._one_by_one,
            open=frozenset(self._open) if sweep else frozenset(),
            urgent=urgent,
            bulk=bulk,
            seen=self._seen if now < self._fresh_at else (),
            look=bulk > 0 and now >= self._look_at and (len(self._seen) < bulk or now >= self._fresh_at),
            skip=frozenset(self.spacing.resting()),
            sweep=sweep,
            inherits=now >= self._inherit_at,
            listen=listen,
        )

    def _take_in(self, wish: Wish, turn: Turn) -> None:
        """The transaction is on disk: what it settled is over, what it took is ready to leave."""
        now = asyncio.get_running_loop().time()
        self._forget(wish.done)
        if turn.seen is not None:
            self._seen, self._fresh_at = turn.seen, now + FRESH
            self._look_at = (
                now if len(turn.seen) == self.turner.page else now + (FRESH / 4 if turn.seen else self._idle)
            )
        elif now >= self._fresh_at:
            self._seen = []
        if turn.flying is not None:
            self._hear_of_doubts(turn.flying)
        if turn.stopped is not None:
            self.carrier.learn_stopped(turn.stopped)
        if turn.heard is not None and self.heard is not None:
            self.heard(turn.heard)
        if turn.paused_until is not None and turn.paused_until != self._paused_until:
            self._paused_until = turn.paused_until
            self._hear_of_pause(wish, turn.paused_until)
        # Of an address only the first is taken; whether the next one may follow, the next look tells.
        self._seen = [one for one in self._seen if one.address_id not in turn.tried]
        for one in turn.taken:
            self._open[one.letter.id] = one
            self._make_ready(one)

    def _forget(self, done: Sequence[Outcome]) -> None:
        del self._done[: len(done)]
        for outcome in done:
            if outcome.result is not Result.SILENCE:
                self._open.pop(outcome.claimed.letter.id, None)
            if outcome.claimed.priority <= Priority.CHANGE:
                self._urgent_at = 0.0  # her next one need not wait

    async def _until_needed(self, turn: Turn, busy: bool) -> None:
        """Until an answer came, a letter was put there, or less is ready than should be."""
        self._idle = LOOK if busy else min(IDLE, self._idle * 1.5)
        wants_more = self._bulk_ready <= self.ahead // 2 and bool(self._seen) and bool(turn.tried)
        if not (self._stir.is_set() or wants_more):
            await at_most(self._stir, self._idle)
        if not self._closing:
            await at_most(self._woken, GATHER)

    # --- doubts

    def _end_doubts(self, now: float) -> None:
        for letter_id in [i for i, until in self._doubtful.items() if until <= now]:
            del self._doubtful[letter_id]
            if letter_id in self._open:
                self._done.append(self.carrier.after_silence(self._open[letter_id]))

    def _hear_of_doubts(self, flying: frozenset[int]) -> None:
        """A status has told of these: they are no longer on their way."""
        for letter_id in [i for i in self._doubtful if i not in flying]:
            del self._doubtful[letter_id]
            self._open.pop(letter_id, None)

    # --- leaving

    async def _pace(self) -> None:
        while True:
            self._move.clear()
            if not self._may_leave():
                await at_most(self._move, 1.0)
            elif (wait := self.pacer.wait()) > 0:
                await asyncio.sleep(min(max(wait, GRAIN), 1.0))
            else:
                self._leave(self._next())

    def _may_leave(self) -> bool:
        """Some room is kept for replies: the rest must not fill it while the platform is slow."""
        if not self._ready or not self.holding.mine():
            return False
        urgent = self._ready[0][0] <= Priority.CHANGE
        return len(self._flying) < (self.room if urgent else self.room * (1 - FOR_REPLIES))

    def _make_ready(self, claimed: Claimed) -> None:
        heapq.heappush(self._ready, (claimed.priority, next(self._order), claimed))
        self._bulk_ready += claimed.priority > Priority.CHANGE
        self._move.set()

    def _next(self) -> Claimed:
        """The most urgent one."""
        claimed = heapq.heappop(self._ready)[2]
        self._bulk_ready -= claimed.priority > Priority.CHANGE
        if self._bulk_ready <= self.ahead // 2:
            self._stir.set()
        return claimed

    def _leave(self, claimed: Claimed) -> None:
        left: Callable[[], None] | None = None
        if not claimed.blocked:
            left = self.pacer.take().left
            self.spacing.note(claimed.address_id)
        task = asyncio.create_task(self._carry(claimed, left))
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    async def _carry(self, claimed: Claimed, left: Callable[[], None] | None) -> None:
        leaving.told.set(left)
        outcome = await self.carrier.carry(claimed)
        if outcome.result is Result.SILENCE:
            if self.wait_for_news > 0:
                self._doubtful[claimed.letter.id] = asyncio.get_running_loop().time() + self.wait_for_news
            else:
                outcome = self.carrier.after_silence(claimed)
        if outcome.pause is not None:
            self._pause(outcome.pause, learn=outcome.result is Result.LATER)
        self._done.append(outcome)
        self._stir.set()
        self._move.set()

    def _hear_of_pause(self, wish: Wish, until: datetime) -> None:
        """A status told of it, or it is older than we. What our own letters met, the pacer has heard already."""
        ours = max((one.pause for one in wish.done if one.pause is not None), default=timedelta(0))
        if (rests := until - self.store.clock()) > ours:
            self._pause(rests, learn=True)

    def _pause(self, lasts: timedelta, *, learn: bool) -> None:
        self.pacer.pause(lasts.total_seconds(), learn=learn)
        if lasts.total_seconds() > LONG_PAUSE:
            self._give_back()
            self._stir.set()

    # --- stopping

    def _give_back(self) -> None:
        """What was taken and never left goes back at once."""
        self._done += [unsent(claimed) for _, _, claimed in self._ready]
        self._ready, self._bulk_ready = [], 0

    async def _settle_only(self) -> None:
        """What came back after the lease was lost is true all the same."""
        if done := tuple(self._done):
            await self.store.write(lambda tx: self.turner.settler.keep_each(tx, done))
            self._forget(done)

    async def _land(self) -> None:
        """Finish what is under way, then let the next sender begin."""
        if self._flying:
            await asyncio.wait(self._flying, timeout=STOP_WITHIN)
        with contextlib.suppress(StoreError):
            await self._settle_only()
        await self.holding.release()
