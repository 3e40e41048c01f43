"""How does what waits get out? Claim, render, send, settle: everything before the sending is on disk first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.channels.base import Body, Channel, ChannelError, File, Refused, Sent, TryLater
from data.outbox import Claimed
from data.store import Store, Tx
from handlers import reached
from messages.catalog import TemplateError
from messages.envelope import Attachment, Status

log = structlog.get_logger()

IN_FLIGHT = 64
ATTEMPTS = 5

MakeFile = Callable[[Attachment], Awaitable[File]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to."""

    claimed: Claimed
    status: Status
    body: Body | None = None
    platform_id: str | None = None
    error: str = ""
    again_after: timedelta | None = None


class Dispatcher:
    """Carries letters to one account. `channels` are the kinds of address it serves."""

    def __init__(self, store: Store, channel: Channel, channels: Mapping[str, bool], make_file: MakeFile) -> None:
        self.store, self.channel, self.make_file = store, channel, make_file
        self.channels = tuple(channels)
        self.sent_is_reached = dict(channels)
        """Per kind of address: whether 'sent' already means that the family was reached (HOUSE 15)."""

    async def drain(self) -> int:
        """Send everything that is due now; returns how many letters went out."""
        sent = 0
        while claimed := await self.store.write(self._claim):
            outcomes = [await self._carry(one) for one in claimed]
            await self.store.write(lambda tx, done=outcomes: self._settle(tx, done))  # type: ignore[misc]
            sent += sum(outcome.status is Status.SENT for outcome in outcomes)
        return sent

    def _claim(self, tx: Tx) -> list[Claimed]:
        tx.outbox.expire()
        return tx.outbox.claim(self.channels, 0, IN_FLIGHT)

    async def _carry(self, claimed: Claimed) -> Outcome:
        letter = claimed.letter
        try:
            body = self.channel.render(letter, self.store.clock())
            file = await self.make_file(letter.attachment) if letter.attachment else None
            sent: Sent = await self.channel.send(letter, body, file)
        except TryLater as fault:
            if claimed.attempts + 1 >= ATTEMPTS:
                return Outcome(claimed, Status.FAILED, error=str(fault))
            return Outcome(claimed, Status.QUEUED, error=str(fault), again_after=timedelta(seconds=fault.after))
        except Refused as fault:
            return Outcome(claimed, Status.FAILED, error=str(fault))
        except (ChannelError, TemplateError) as fault:
            log.error("letter failed", outbox=letter.id, key=letter.key, fault=type(fault).__name__)
            return Outcome(claimed, Status.FAILED, error=f"{type(fault).__name__}: {fault}")
        log.info("letter sent", outbox=letter.id, key=letter.key, template=body.template)
        return Outcome(claimed, Status.SENT, body, sent.platform_id)

    def _settle(self, tx: Tx, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            letter = outcome.claimed.letter
            if outcome.again_after is not None:
                tx.outbox.put_back(letter.id, tx.now + outcome.again_after, outcome.error)
                continue
            text = outcome.body.text if outcome.body else None
            mine = tx.outbox.settle(
                letter.id, outcome.status, platform_id=outcome.platform_id, text=text, error=outcome.error
            )
            if mine and outcome.status is Status.SENT and self.sent_is_reached[letter.address.channel]:
                reached.remember(tx, letter.id, outcome.claimed.about)
