"""What follows from an attempt? The letter's new state, and what must stop, rest or be told because of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from bot.channels.base import Blames
from bot.channels.errors import MAX_TRIES
from bot.dispatcher.carrying import TEMPLATE_RESTS, Outcome, Result
from data.broadcasts import KIND
from data.records import Role
from data.store import Tx, breaks_the_batch
from handlers import broadcast, consent, reached
from messages.envelope import Address, Letter, Outbound, Priority, StaffTo

log = structlog.get_logger()

RUNS_AGAIN = "APPROVED"


class Settler:
    """Keeps outcomes of one account. `sent_is_reached`: per kind of address, whether 'sent' already means that the
    family was reached (HOUSE 15)."""

    def __init__(self, account: str, sent_is_reached: Mapping[str, bool]) -> None:
        self.account, self.sent_is_reached = account, dict(sent_is_reached)

    def keep(self, tx: Tx, outcomes: Sequence[Outcome]) -> None:
        """Everything that came back since the last time; locks are taken in the order of the letters."""
        for outcome in sorted(outcomes, key=lambda o: o.claimed.letter.id):
            if outcome.result is not Result.SENT:
                self._keep_other(tx, outcome)
            elif outcome.template:
                tx.accounts.keep_template(outcome.template, RUNS_AGAIN, "", tx.now)
                tx.outbox.wake_all()
            if outcome.window_over:
                tx.arrivals.window_over(outcome.claimed.address_id, outcome.claimed.letter.heard)
        self._keep_sent(tx, [o for o in outcomes if o.result is Result.SENT])

    def keep_each(self, tx: Tx, outcomes: Sequence[Outcome]) -> None:
        """One of them cannot be kept, which must not stop the others."""
        for outcome in outcomes:
            letter = outcome.claimed.letter
            try:
                with tx.conn.begin_nested():
                    self.keep(tx, [outcome])
            except Exception as fault:
                if breaks_the_batch(fault):  # the database's fault, not the letter's: the whole transaction is repeated
                    raise
                log.exception("outcome not kept", outbox=letter.id, key=letter.key)
                tx.sending.fail(letter.id, outcome.claimed.fence, type(fault).__name__)

    def _keep_sent(self, tx: Tx, outcomes: Sequence[Outcome]) -> None:
        tx.sending.sent((o.claimed.letter.id, o.platform_id, o.body.text, o.body.template) for o in outcomes if o.body)
        if outcomes:
            log.info("sent", account=self.account, letters=[o.claimed.letter.id for o in outcomes])
        for one in outcomes:
            owe(tx, one.claimed.letter, one.body is not None and one.body.owes)
        claimed = [o.claimed for o in outcomes if self.sent_is_reached[o.claimed.letter.address.channel]]
        reached.remember(tx, [(one.letter.id, one.about) for one in claimed])

    def _keep_other(self, tx: Tx, outcome: Outcome) -> None:
        letter, fence = outcome.claimed.letter, outcome.claimed.fence
        match outcome.result:
            case Result.LATER:
                tx.sending.put_back(letter.id, fence, outcome.wait, outcome.why, free=outcome.free)
            case Result.SILENCE:
                tx.sending.note(letter.id, fence, outcome.why)
            case _:
                self._keep_refused(tx, outcome)
        if outcome.pause is not None:
            refused = outcome.blames is Blames.ACCOUNT
            tx.accounts.pause(self.account, tx.now + outcome.pause, outcome.why, refused=refused)
        if outcome.alert:
            alert_admins(tx, self.account, outcome.why, template=outcome.template)
        if outcome.why:
            log.info("letter", outbox=letter.id, key=letter.key, came_to=outcome.result.name.lower(), why=outcome.why)

    def _keep_refused(self, tx: Tx, outcome: Outcome) -> None:
        claimed = outcome.claimed
        letter = claimed.letter
        match outcome.blames:
            case Blames.PERSON if outcome.moved_to and claimed.attempts + 1 < MAX_TRIES:
                tx.sending.put_back(letter.id, claimed.fence, outcome.wait, outcome.why)
                tx.people.readdress(letter.address, Address(letter.address.channel, outcome.moved_to))
                return
            case Blames.PERSON:
                if not claimed.blocked:
                    tx.people.failed_at(claimed.address_id, blocked=outcome.blocked)
                if tx.outbox.try_other_address(letter.id):
                    return
            case Blames.UNASKED:
                consent.stopped_by_platform(tx.people.at(claimed.address_id), tx)
            case Blames.TEMPLATE if outcome.template:
                tx.accounts.keep_template(outcome.template, "PAUSED", outcome.why, tx.now)
                tx.sending.put_back(letter.id, claimed.fence, TEMPLATE_RESTS, "templat berhenti", free=True)
                return
            case Blames.ACCOUNT:
                tx.sending.put_back(letter.id, claimed.fence, outcome.wait, outcome.why, free=True)
                return
            case _:
                pass
        tx.sending.fail(letter.id, claimed.fence, outcome.why)


def owe(tx: Tx, letter: Letter, owes: bool) -> None:
    """The file of an announcement that could not ride along follows later."""
    if owes and letter.attachment is not None and letter.attachment.kind == KIND:
        for follows in broadcast.on_owed(tx, letter.id, letter.attachment.params["id"]):
            tx.outbox.put(follows)


def alert_admins(tx: Tx, account: str, why: str, *, template: str | None = None) -> None:
    """One letter per account, reason and day: a fault is told, not repeated a thousand times. That a template stopped
    is told once, whoever says it first: a refusal, a status or a notice, each in its own words."""
    fault = f"template:{template[:80]}:{tx.now:%Y-%m-%d}" if template else f"{account}:{tx.now:%Y-%m-%d}:{why[:60]}"
    for admin in (s for s in tx.people.every_staff() if s.role is Role.ADMIN):
        once = f"alert:{fault}:{admin.id}"
        params = {"account": account, "why": why[:200]}
        # In the queue of an account that has stopped, the news of it would wait with everything else.
        to = tx.people.staff_beside(admin.id, account) or StaffTo(admin.id)
        tx.outbox.put(Outbound(to, "help.alert", params, once=once, priority=Priority.CHANGE))
