"""What does a platform say of letters that have gone? Statuses only move forward; a batch is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.channels.base import Blames, Convert, Notice, Refused, TryLater
from bot.channels.errors import MAX_TRIES, back_off, whatsapp_error
from bot.dispatcher.carrying import ACCOUNT_RESTS, AT_ONCE, TEMPLATE_RESTS
from bot.dispatcher.settling import alert_admins
from data.accounts import RUNS, STOPPED
from data.arrivals import Moved
from data.store import Store, Tx, breaks_the_batch
from handlers import consent, reached
from messages import catalog
from messages.envelope import Address, Status, StatusUpdate

log = structlog.get_logger()

ALERTS = {
    "error",
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "message_template_components_update",
    "message_template_quality_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "template_category_update",
}
"""What Meta says of the account as a whole; of the rest a line in the log is enough."""

ARRIVED = {Status.DELIVERED, Status.READ}


async def receive_statuses(store: Store, updates: Sequence[StatusUpdate | Notice]) -> None:
    """Keep every update of one delivery; a repeated one changes nothing."""
    await store.write(lambda tx: keep_all(tx, updates), lambda tx, fault: _one_by_one(tx, updates))


def _one_by_one(tx: Tx, updates: Sequence[StatusUpdate | Notice]) -> None:
    """One of them is poison: what it breaks is only itself, and the platform need not repeat it for days."""
    for update in updates:
        try:
            with tx.conn.begin_nested():
                keep_all(tx, [update])
        except Exception as fault:
            if breaks_the_batch(fault):  # the database's fault, not the status's: the whole transaction is repeated
                raise
            log.exception("status not kept", account=update.account if isinstance(update, StatusUpdate) else "whatsapp")


def keep_all(tx: Tx, updates: Sequence[StatusUpdate | Notice]) -> None:
    statuses = [update for update in updates if isinstance(update, StatusUpdate)]
    if statuses:
        _keep_statuses(tx, statuses)
    for update in updates:
        if isinstance(update, Notice):
            _keep_notice(tx, update)


def _keep_statuses(tx: Tx, updates: Sequence[StatusUpdate]) -> None:
    """Going forward is what makes a repetition harmless. Only a failure may send a letter out again, so a failure is
    remembered by its name as well."""
    new = [u for u in updates if u.status is not Status.FAILED or tx.events.first_time(u.account, u.event)]
    moved = tx.arrivals.progress(new)
    first = [m for m in moved if m.update.status in ARRIVED and m.was not in ARRIVED]
    tx.arrivals.arrived({m.address_id for m in first})
    reached.remember(tx, [(one.letter_id, one.about) for one in first])
    for one in moved:
        if one.update.status is Status.FAILED:
            _failed_later(tx, one)


def _failed_later(tx: Tx, one: Moved) -> None:
    """A 200 can be followed by `failed`: the same policy table decides what that means."""
    said = one.update
    fault = whatsapp_error(said.code, said.reason)
    log.info("letter failed later", outbox=one.letter_id, code=said.code)
    match fault:
        case Convert() if one.attempts < MAX_TRIES:
            tx.arrivals.window_over(one.address_id, tx.arrivals.heard(one.address_id))
            tx.arrivals.again(one.letter_id, AT_ONCE)
        case TryLater():
            if fault.whole_account:
                tx.accounts.pause(said.account, tx.now + timedelta(seconds=fault.after), str(fault))
            if fault.alert:
                alert_admins(tx, said.account, str(fault))
            if one.attempts < MAX_TRIES:
                tx.arrivals.again(one.letter_id, timedelta(seconds=max(fault.after, back_off(one.attempts))))
        case Refused(blames=Blames.PERSON):
            tx.people.failed_at(one.address_id, blocked=fault.blocked)
            tx.outbox.try_other_address(one.letter_id, Status.FAILED)
        case Refused(blames=Blames.UNASKED):
            consent.stopped_by_platform(tx.people.at(one.address_id), tx)
        case Refused(blames=Blames.TEMPLATE) if approved := catalog.entry(one.key).whatsapp:
            tx.accounts.keep_template(approved.name, "PAUSED", str(fault), tx.now)
            alert_admins(tx, said.account, f"templat {approved.name}: {fault}", template=approved.name)
            if one.attempts < MAX_TRIES:
                tx.arrivals.again(one.letter_id, TEMPLATE_RESTS)
        case Refused(blames=Blames.ACCOUNT):
            tx.accounts.pause(said.account, tx.now + ACCOUNT_RESTS, str(fault), refused=True)
            alert_admins(tx, said.account, str(fault))
            if one.attempts < MAX_TRIES:
                tx.arrivals.again(one.letter_id, AT_ONCE)
        case _:
            pass


def _keep_notice(tx: Tx, notice: Notice) -> None:
    match notice.kind:
        case "number_changed":
            tx.people.readdress(Address("whatsapp", notice.name), Address("whatsapp", notice.status))
        case "chat_migrated":
            tx.people.readdress(Address("telegram", notice.name), Address("telegram", notice.status))
        case "user_preferences" if notice.status.lower() == "stop":
            consent.stopped_by_platform(tx.people.who(Address("whatsapp", notice.name)), tx)
        case "message_template_status_update":
            _keep_template(tx, notice)
        case _ if notice.kind in ALERTS:
            what = f"{notice.kind}: {notice.status} {notice.reason}".strip()
            alert_admins(tx, "whatsapp", f"{_called(notice.name)}: {what}" if notice.name else what)
        case _:
            log.info("notice", kind=notice.kind, status=notice.status[:40])


def _keep_template(tx: Tx, notice: Notice) -> None:
    """One that has stopped stays so until it is said that it runs again."""
    status = notice.status.upper()
    if status in STOPPED or status in RUNS or notice.name not in tx.accounts.stopped_templates():
        tx.accounts.keep_template(notice.name, status, notice.reason, tx.now)
    if status in STOPPED:
        alert_admins(tx, "whatsapp", f"templat {notice.name}: {status}", template=notice.name)
    elif status in RUNS:
        tx.outbox.wake_all()


def _called(name: str) -> str:
    """A template by its name, a number by its last digits."""
    return name if any(letter.isalpha() for letter in name) else f"…{name[-4:]}"
