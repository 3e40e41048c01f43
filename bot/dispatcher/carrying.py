"""What becomes of one letter? Rendered and sent; each way to fail becomes an outcome, and nothing is kept here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

import structlog

from bot.channels.base import Blames, Body, Channel, ChannelError, Convert, File, Refused, TryLater, Unknown
from bot.channels.errors import MAX_TRIES, back_off
from data.sending import Claimed
from data.store import Store
from messages import catalog
from messages.catalog import TemplateError
from messages.envelope import Attachment, Priority

log = structlog.get_logger()

MakeFile = Callable[[Attachment], Awaitable[File]]

TEMPLATE_RESTS = timedelta(hours=1)
"""How long letters of a stopped template wait before one of them tries again."""

TRIAL = timedelta(minutes=1)
"""How long the others wait for what that one finds out."""

ACCOUNT_RESTS = timedelta(hours=1)
MOST_TAKEN = 20
"""How often a letter is taken in all. A process that dies again and again costs a letter no try of MAX_TRIES, for it
may never have left; but neither may it leave for ever, were it the letter that kills."""

AT_ONCE = timedelta(0)


class Result(Enum):
    SENT = auto()
    LATER = auto()
    """It did not arrive and may pass later. `free` when the attempt does not count."""

    SILENCE = auto()
    """It left and no answer came: nobody knows yet."""

    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to."""

    claimed: Claimed
    result: Result
    body: Body | None = None
    platform_id: str = ""
    why: str = ""
    wait: timedelta = AT_ONCE
    free: bool = False
    blames: Blames | None = None
    blocked: bool = False
    moved_to: str | None = None
    template: str | None = None
    """The template that must stop, or that passed again after it had stopped."""

    pause: timedelta | None = None
    """How long the whole account waits."""

    alert: bool = False
    window_over: bool = False
    """The platform says that the 24 hours are over, against our own count."""


class Carrier:
    """Carries single letters of one account."""

    def __init__(self, store: Store, channel: Channel, make_file: MakeFile) -> None:
        self.store, self.channel, self.make_file = store, channel, make_file
        self.stopped: dict[str, datetime] = {}
        """Templates that wait, with when each was stopped."""

        self._tries: Counter[int] = Counter()
        """How often each letter that waits for another try has failed in this life of the process."""

    def learn_stopped(self, known: Mapping[str, datetime]) -> None:
        """What the database says now; a trial under way here goes on."""
        self.stopped = {name: max(at, self.stopped.get(name, at)) for name, at in known.items()}

    async def carry(self, claimed: Claimed) -> Outcome:
        """One attempt. Never raises: every fault is an outcome."""
        outcome = await self._carry(claimed)
        if outcome.result is not Result.LATER and outcome.result is not Result.SILENCE:
            self._tries.pop(claimed.letter.id, None)
        return outcome

    async def _carry(self, claimed: Claimed) -> Outcome:
        if claimed.blocked:
            return Outcome(claimed, Result.REFUSED, why="nomor ini memblokir bot", blames=Blames.PERSON, blocked=True)
        try:
            return await self._attempt(claimed)
        except ChannelError as fault:
            return self._judge(claimed, fault)
        except TemplateError as fault:
            log.error("letter cannot be rendered", outbox=claimed.letter.id, key=claimed.letter.key)
            return Outcome(claimed, Result.REFUSED, why=str(fault), blames=Blames.LETTER)
        except Exception as fault:  # a fault of ours in one letter must not stop the others
            log.exception("letter failed", outbox=claimed.letter.id, key=claimed.letter.key)
            return Outcome(claimed, Result.REFUSED, why=type(fault).__name__, blames=Blames.LETTER)

    async def _attempt(self, claimed: Claimed) -> Outcome:
        letter, now, shut = claimed.letter, self.store.clock(), False
        body = self.channel.render(letter, now)
        if body.template in self.stopped and (wait := self._rests(body.template, now)):
            return self._waits(claimed, wait)
        file = await self.make_file(letter.attachment) if letter.attachment and not body.owes else None
        try:
            sent = await self.channel.send(letter, body, file)
        except Convert:
            # The window closed between rendering and sending: the same letter goes as its approved template.
            shut, body = True, self.channel.render(replace(letter, heard=None), now)
            if body.template in self.stopped and (wait := self._rests(body.template, now)):
                return replace(self._waits(claimed, wait), window_over=True)
            sent = await self.channel.send(letter, body, None)
        again = body.template if body.template in self.stopped else None
        if again:
            del self.stopped[again]
        return Outcome(claimed, Result.SENT, body, sent.platform_id, template=again, window_over=shut)

    def _rests(self, template: str, now: datetime) -> timedelta | None:
        """How long this template still waits. When its rest is over, the one that asks tries it for all."""
        over = self.stopped[template] + TEMPLATE_RESTS
        if now < over:
            return over - now
        self.stopped[template] = now - TEMPLATE_RESTS + TRIAL
        return None

    def _waits(self, claimed: Claimed, wait: timedelta) -> Outcome:
        return Outcome(claimed, Result.LATER, why="templat berhenti", wait=wait, free=True)

    def _judge(self, claimed: Claimed, fault: ChannelError) -> Outcome:
        match fault:
            case TryLater():
                return self._later(claimed, fault)
            case Unknown():
                return Outcome(claimed, Result.SILENCE, why=f"tidak ada jawaban: {fault}")
            case Refused(blames=Blames.TEMPLATE) if approved := catalog.entry(claimed.letter.key).whatsapp:
                self.stopped[approved.name] = self.store.clock()
                why, name = f"templat {approved.name}: {fault}", approved.name
                return Outcome(claimed, Result.REFUSED, why=why, blames=fault.blames, template=name, alert=True)
            case Refused():
                stops = fault.blames is Blames.ACCOUNT
                return Outcome(
                    claimed,
                    Result.REFUSED,
                    why=fault.reason,
                    blames=fault.blames,
                    blocked=fault.blocked,
                    moved_to=fault.migrated_to,
                    pause=ACCOUNT_RESTS if stops else None,
                    alert=stops,
                )
            case _:
                return Outcome(claimed, Result.REFUSED, why=str(fault), blames=Blames.LETTER)

    def _later(self, claimed: Claimed, fault: TryLater) -> Outcome:
        """The platform is busy: everybody waits, or this letter does, a little longer each time, not for ever."""
        if fault.whole_account:
            # The pause holds the letter too; were it to wait by itself, a later one to her might overtake it.
            pause = timedelta(seconds=fault.after)
            return Outcome(claimed, Result.LATER, why=str(fault), free=True, pause=pause, alert=fault.alert)
        tries = self._failed_again(claimed)
        if tries >= MAX_TRIES:
            return Outcome(claimed, Result.REFUSED, why=str(fault), blames=Blames.LETTER, alert=fault.alert)
        wait = timedelta(seconds=max(fault.after, back_off(tries)))
        return Outcome(claimed, Result.LATER, why=str(fault), wait=wait, alert=fault.alert)

    def after_silence(self, claimed: Claimed) -> Outcome:
        """No news came. A reminder twice is better than never; a broadcast is never repeated blindly."""
        tries = self._failed_again(claimed)
        if claimed.priority >= Priority.BROADCAST or tries >= MAX_TRIES:
            return given_up(claimed)
        wait = timedelta(seconds=back_off(tries))
        return Outcome(claimed, Result.LATER, why="tidak ada jawaban, dikirim lagi", wait=wait)

    def _failed_again(self, claimed: Claimed) -> int:
        if len(self._tries) > 10_000:  # of letters that were cancelled meanwhile, most likely
            self._tries.clear()
        self._tries[claimed.letter.id] += 1
        tries = self._tries[claimed.letter.id]
        if tries >= MAX_TRIES or claimed.attempts + 1 >= MOST_TAKEN:
            del self._tries[claimed.letter.id]
            return MAX_TRIES
        return tries


def unsent(claimed: Claimed) -> Outcome:
    """It was taken and never left."""
    return Outcome(claimed, Result.LATER, free=True)


def inherited(claimed: Claimed) -> Outcome:
    """Its sender died, before it left or after. What we waited for news has passed already."""
    if claimed.priority >= Priority.BROADCAST or claimed.attempts + 1 >= MOST_TAKEN:
        return given_up(claimed)
    return Outcome(claimed, Result.LATER, why="tidak ada jawaban, dikirim lagi")


def given_up(claimed: Claimed) -> Outcome:
    why = "tidak diketahui apakah sampai; tidak dikirim ulang"
    return Outcome(claimed, Result.REFUSED, why=why, blames=Blames.LETTER)
