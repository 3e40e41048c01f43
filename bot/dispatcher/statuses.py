"""What does a platform say of letters that have gone? Statuses only move forward; a batch is one transaction."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.channels.base import Blames, Notice, Refused
from bot.channels.errors import whatsapp_error
from bot.dispatcher.carrying import alert_admins
from data.accounts import STOPPED
from data.store import Store, Tx
from handlers import reached
from messages.envelope import Address, Status, StatusUpdate

log = structlog.get_logger()


async def receive_statuses(store: Store, updates: Sequence[StatusUpdate | Notice]) -> None:
    """Keep every update of one delivery; a repeated one changes nothing."""
    await store.write(lambda tx: keep_all(tx, updates))


def keep_all(tx: Tx, updates: Sequence[StatusUpdate | Notice]) -> None:
    for update in updates:
        if isinstance(update, Notice):
            _keep_notice(tx, update)
        elif tx.events.first_time(update.account, update.event):
            _keep_status(tx, update)


def _keep_status(tx: Tx, update: StatusUpdate) -> None:
    letter_id = update.letter or tx.outbox.by_platform_id(update.platform_id)
    if letter_id is None:
        return
    if not tx.outbox.progress(letter_id, update.status, update.platform_id, update.reason):
        return
    if update.status in {Status.DELIVERED, Status.READ}:
        reached.remember(tx, letter_id, tx.outbox.about_of(letter_id))
        if (address_id := tx.outbox.address_of(letter_id)) is not None:
            tx.people.arrived_at(address_id)
    elif update.status is Status.FAILED:
        _failed_later(tx, letter_id, update)


def _failed_later(tx: Tx, letter_id: int, update: StatusUpdate) -> None:
    """A 200 can be followed by `failed`: the same policy table decides what that means."""
    fault = whatsapp_error(update.code, update.reason)
    address_id = tx.outbox.address_of(letter_id)
    if isinstance(fault, Refused) and fault.blames is Blames.PERSON and address_id is not None:
        tx.people.failed_at(address_id, blocked=fault.blocked)
    log.info("letter failed later", outbox=letter_id, code=update.code)


def _keep_notice(tx: Tx, notice: Notice) -> None:
    match notice.kind:
        case "number_changed":
            tx.people.readdress(Address("whatsapp", notice.name), Address("whatsapp", notice.status))
        case "chat_migrated":
            tx.people.readdress(Address("telegram", notice.name), Address("telegram", notice.status))
        case "message_template_status_update":
            tx.accounts.keep_template(notice.name, notice.status, notice.reason, tx.now)
            if notice.status.upper() in STOPPED:
                alert_admins(tx, "whatsapp", f"templat {notice.name}: {notice.status}")
            else:
                tx.outbox.wake_all()
        case _:
            alert_admins(tx, "whatsapp", f"{notice.kind}: {notice.status} {notice.reason}".strip())
