"""What becomes of one letter? Rendered, sent, and its outcome kept: each way to fail has one answer here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.channels.base import Blames, Body, Channel, Convert, File, Refused, TryLater, Unknown
from bot.channels.errors import MAX_TRIES, back_off
from data.outbox import Claimed
from data.records import Role
from data.store import Store, Tx
from handlers import reached
from messages.catalog import TemplateError
from messages.envelope import Address, Attachment, Outbound, Priority, StaffTo, Status

log = structlog.get_logger()

MakeFile = Callable[[Attachment], Awaitable[File]]

TEMPLATE_RESTS = timedelta(hours=1)
"""How long letters of a paused template wait before one of them tries again."""

ACCOUNT_RESTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to."""

    claimed: Claimed
    status: Status
    body: Body | None = None
    platform_id: str | None = None
    error: str = ""
    again_after: timedelta | None = None
    free: bool = False
    """The attempt does not count: the platform asked everybody to wait."""

    blames: Blames | None = None
    blocked: bool = False
    moved_to: str | None = None
    pause: timedelta | None = None
    alert: bool = False
    unknown: bool = False


class Carrier:
    """Carries single letters of one account. `sent_is_reached`: per kind of address, whether 'sent' already means
    that the family was reached (HOUSE 15)."""

    def __init__(
        self, store: Store, account: str, channel: Channel, sent_is_reached: Mapping[str, bool], make_file: MakeFile
    ) -> None:
        self.store, self.account, self.channel, self.make_file = store, account, channel, make_file
        self.sent_is_reached = dict(sent_is_reached)
        self.stopped_templates: set[str] = set()

    async def carry(self, claimed: Claimed) -> Outcome:
        """One attempt. Never raises: every fault is an outcome."""
        try:
            return await self._attempt(claimed)
        except TryLater as fault:
            return _later(claimed, fault)
        except Unknown as fault:
            return Outcome(claimed, Status.SENDING, error=f"tidak ada jawaban: {fault}", unknown=True)
        except Refused as fault:
            pause = ACCOUNT_RESTS if fault.blames is Blames.ACCOUNT else None
            return Outcome(
                claimed,
                Status.FAILED,
                error=str(fault),
                blames=fault.blames,
                blocked=fault.blocked,
                moved_to=fault.migrated_to,
                pause=pause,
                alert=fault.blames in {Blames.ACCOUNT, Blames.TEMPLATE},
            )
        except TemplateError as fault:
            log.error("letter cannot be rendered", outbox=claimed.letter.id, key=claimed.letter.key)
            return Outcome(claimed, Status.FAILED, error=str(fault), blames=Blames.LETTER)
        except Exception as fault:  # a fault of ours in one letter must not stop the others
            log.exception("letter failed", outbox=claimed.letter.id, key=claimed.letter.key)
            return Outcome(claimed, Status.FAILED, error=type(fault).__name__, blames=Blames.LETTER)

    async def _attempt(self, claimed: Claimed) -> Outcome:
        letter = claimed.letter
        body = self.channel.render(letter, self.store.clock())
        if body.template and body.template in self.stopped_templates:
            return Outcome(claimed, Status.QUEUED, error="templat berhenti", again_after=TEMPLATE_RESTS, free=True)
        file = await self.make_file(letter.attachment) if letter.attachment else None
        try:
            sent = await self.channel.send(letter, body, file)
        except Convert:
            # The window closed between rendering and sending: the same letter goes as its approved template.
            body = self.channel.render(replace(letter, heard=None), self.store.clock())
            sent = await self.channel.send(letter, body, None)
        return Outcome(claimed, Status.SENT, body, sent.platform_id)

    def settle(self, tx: Tx, outcome: Outcome) -> None:
        """Keep what one attempt came to, and what follows from it."""
        letter = outcome.claimed.letter
        if outcome.unknown:
            tx.outbox.note(letter.id, outcome.error)
        elif outcome.again_after is not None:
            tx.outbox.put_back(letter.id, tx.now + outcome.again_after, outcome.error, free=outcome.free)
        elif outcome.status is Status.SENT:
            self._settle_sent(tx, outcome)
        else:
            self._settle_refused(tx, outcome)
        if outcome.pause is not None:
            tx.accounts.pause(self.account, tx.now + outcome.pause, outcome.error)
        if outcome.alert:
            alert_admins(tx, self.account, outcome.error)
        log.info("letter", outbox=letter.id, key=letter.key, status=outcome.status.value, fault=outcome.error or None)

    def _settle_sent(self, tx: Tx, outcome: Outcome) -> None:
        letter = outcome.claimed.letter
        text = outcome.body.text if outcome.body else None
        mine = tx.outbox.settle(letter.id, Status.SENT, platform_id=outcome.platform_id, text=text)
        if mine and self.sent_is_reached[letter.address.channel]:
            reached.remember(tx, letter.id, outcome.claimed.about)

    def _settle_refused(self, tx: Tx, outcome: Outcome) -> None:
        claimed = outcome.claimed
        letter = claimed.letter
        match outcome.blames:
            case Blames.PERSON if outcome.moved_to:
                tx.people.readdress(letter.address, Address(letter.address.channel, outcome.moved_to))
                tx.outbox.put_back(letter.id, tx.now, outcome.error)
                return
            case Blames.PERSON:
                tx.people.failed_at(claimed.address_id, blocked=outcome.blocked)
                if tx.outbox.try_other_address(letter.id):
                    return
            case Blames.TEMPLATE if outcome.body is None and claimed.letter.key:
                self._stop_template(tx, claimed, outcome.error)
                tx.outbox.put_back(letter.id, tx.now + TEMPLATE_RESTS, outcome.error, free=True)
                return
            case Blames.ACCOUNT:
                tx.outbox.put_back(letter.id, tx.now + ACCOUNT_RESTS, outcome.error, free=True)
                return
            case _:
                pass
        tx.outbox.settle(letter.id, Status.FAILED, error=outcome.error)

    def _stop_template(self, tx: Tx, claimed: Claimed, why: str) -> None:
        template = self.channel.render(replace(claimed.letter, heard=None), tx.now).template
        if template:
            tx.accounts.keep_template(template, "PAUSED", why, tx.now)
            self.stopped_templates.add(template)


def _later(claimed: Claimed, fault: TryLater) -> Outcome:
    """The platform is busy: everybody waits, or this letter does, a little longer each time, and at most so often."""
    pause = timedelta(seconds=fault.after) if fault.whole_account else None
    if not fault.whole_account and claimed.attempts + 1 >= MAX_TRIES:
        return Outcome(claimed, Status.FAILED, error=str(fault), blames=Blames.LETTER)
    wait = fault.after if fault.whole_account else max(fault.after, back_off(claimed.attempts + 1))
    return Outcome(
        claimed,
        Status.QUEUED,
        error=str(fault),
        again_after=timedelta(seconds=wait),
        free=fault.whole_account,
        pause=pause,
        alert=fault.alert,
    )


def alert_admins(tx: Tx, account: str, why: str) -> None:
    """One letter per account, reason and day: a fault is told, not repeated a thousand times."""
    for admin in (s for s in tx.people.every_staff() if s.role is Role.ADMIN):
        once = f"alert:{account}:{tx.now:%Y-%m-%d}:{why[:60]}:{admin.id}"
        params = {"account": account, "why": why[:200]}
        tx.outbox.put(Outbound(StaffTo(admin.id), "help.alert", params, once=once, priority=Priority.CHANGE))
