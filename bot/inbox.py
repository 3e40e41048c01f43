"""One inbound event, one transaction, one place that commits. What a poison event breaks is only itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import structlog

from bot.logs import short
from data.records import Person, Role
from data.store import Store, Tx, breaks_the_batch
from handlers import router
from messages import catalog
from messages.envelope import Address, Inbound, Kind, Outbound, Priority, StaffTo
from messages.privacy import without_long_numbers

log = structlog.get_logger()


Way = Callable[[Tx, Inbound], bool]
"""How an event is worked at; True when it is new."""


async def receive(store: Store, msg: Inbound, way: Way | None = None, also: Callable[[Tx], None] | None = None) -> bool:
    """Handle one event; returns False for one that was seen before. When this returns, all of it is on disk.

    `also` is kept in the same transaction, whatever becomes of a new event."""
    work = way or handle
    usual = work is handle
    said: list[int] = []

    def first(tx: Tx) -> bool:
        said[:] = []  # a batch may be repeated
        new = handle(tx, msg, said) if usual else work(tx, msg)
        return new and _together(tx, also)

    def instead(tx: Tx, fault: Exception) -> bool:
        said[:] = []
        return keep_failed(tx, msg, fault) and _together(tx, also)

    new = await store.write(first, instead)
    if usual:  # a flood has its own line, and no more
        log.info("heard", account=msg.account, id=short(msg.event), kind=msg.kind.value, new=new, letters=said)
    return new


def _together(tx: Tx, also: Callable[[Tx], None] | None) -> bool:
    if also is not None:
        also(tx)
    return True


def handle(tx: Tx, msg: Inbound, said: list[int] | None = None) -> bool:
    """Seen before? Who is it? Which conversation? Check what it says, and keep it. Inside the writer's transaction.
    `said` is given the ids of the letters."""
    if not tx.events.first_time(msg.account, msg.event):
        return False
    letters = answer(tx, msg)
    if said is not None:
        said += letters
    return True


def answer(tx: Tx, msg: Inbound) -> list[int]:
    """Returns the ids of the letters that it left."""
    who = tx.people.who(msg.sender) if msg.kind is Kind.BLOCKED else tx.people.hear(msg.sender, msg.at)
    tx.outbox.known(msg.sender, who.address_id)
    letters = router.answer(msg, who, tx)
    if msg.kind is Kind.BUTTON and _not_theirs(who, letters):
        log.warning("button refused", account=msg.account, id=short(msg.event), address=who.address_id)
    return post(tx, letters)


def _not_theirs(who: Person, letters: Sequence[Outbound]) -> bool:
    """A stranger pressed it, or the conversation says that it names what is not hers: forwarded perhaps, or forged."""
    return (who.staff is None and not who.kpms) or any(one.refuses for one in letters)


def post(tx: Tx, letters: Sequence[Outbound]) -> list[int]:
    """Keep what a conversation returned; the ids of the letters that are new. Raises TemplateError when a key or its
    parameters do not fit."""
    kept = []
    for letter in letters:
        catalog.check(letter.key, letter.params)
        kept.append(tx.outbox.put(letter))
    return [one for one in kept if one is not None]


def keep_failed(tx: Tx, msg: Inbound, fault: Exception) -> bool:
    """Store the raw event as failed, acknowledge it, and tell the admin; `events retry` runs it again."""
    log.error("event failed", account=msg.account, id=short(msg.event), fault=type(fault).__name__, exc_info=fault)
    tx.events.keep_failed(msg.account, msg.event, packed(msg), f"{type(fault).__name__}: {fault}"[:500])
    for admin in (s for s in tx.people.every_staff() if s.role is Role.ADMIN):
        once = f"event-failed:{msg.account}:{msg.event}"[:140] + f":{admin.id}"
        tx.outbox.put(
            Outbound(StaffTo(admin.id), "help.event_failed", {"count": "1"}, once=once, priority=Priority.CHANGE)
        )
    return True


def retry(tx: Tx) -> tuple[int, int]:
    """Run every failed event again; returns (done, failed again)."""
    done = failed = 0
    for event in tx.events.failed():
        try:
            with tx.conn.begin_nested():
                answer(tx, unpacked(event.raw))
        except Exception as fault:  # it stays failed, with the newest reason
            if breaks_the_batch(fault):  # the database's fault, not the event's: the whole transaction is repeated
                raise
            tx.events.keep_failed(event.account, event.event, event.raw, f"{type(fault).__name__}: {fault}"[:500])
            failed += 1
        else:
            tx.events.settle(event.account, event.event)
            done += 1
    return done, failed


def packed(msg: Inbound) -> dict[str, Any]:
    """Without numbers and places that nobody needs to keep."""
    text = without_long_numbers(msg.text)
    return {**asdict(msg), "text": text, "location": None, "kind": msg.kind.value, "at": msg.at.isoformat()}


def unpacked(raw: Any) -> Inbound:
    sender = Address(**raw["sender"])
    return Inbound(**{**raw, "sender": sender, "kind": Kind(raw["kind"]), "at": datetime.fromisoformat(raw["at"])})
