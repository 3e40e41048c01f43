"""What makes a draft an announcement, and what takes it back? The same for a line in the chat and for a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.broadcasts import Broadcast
from data.records import Audience, Staff
from data.store import Tx
from handlers.broadcast.night import ask_koordinators
from handlers.broadcast.preview import night_of, when_it_goes
from handlers.rules.broadcast import LONGEST, Fault, fault_of
from messages.envelope import Outbound

TAKE_BACK = timedelta(minutes=1)
"""How long nothing goes after Kirim."""

FAULTS = {
    Fault.LINK: "broadcast.fault.link",
    Fault.NUMBER: "broadcast.fault.number",
    Fault.AMOUNT: "broadcast.fault.amount",
    Fault.SECRET: "broadcast.fault.secret",
}
Words = tuple[str, Mapping[str, object]]
"""A key and its parameters."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What was recorded, when it goes, and the letters that ask for leave."""

    one: Broadcast
    when: str
    letters: Sequence[Outbound]


def refused_words(text: str, kind: str) -> Words | None:
    """Why this text does not go to families."""
    fault = fault_of(text, kind)
    if fault is None:
        return None
    if fault is Fault.LONG:
        return "broadcast.fault.long", {"count": str(len(text)), "most": str(LONGEST[kind])}
    return FAULTS[fault], {}


def due_of(tx: Tx, later: datetime | None) -> datetime:
    return max(later or tx.now, tx.now + TAKE_BACK)


def announce(
    tx: Tx, by: Staff, kind: str, said: str, audience: Audience, words: str, due: datetime, told: int,
    file: int | None = None,
) -> Announced:  # fmt: skip
    """Record it; from now on it can be taken back."""
    zone = tx.people.kelompok_in_scope(by)[0].zone
    night = night_of(tx, by, kind, due, zone)
    one = tx.broadcasts.add(by, kind, said, audience, words, due, night, file)
    tx.audit.write(f"staff:{by.id}", "broadcast.written", one.about, None, said, words[:200])
    letters = ask_koordinators(tx, one, by, str(told)) if night == "asked" else []
    if night == "asked" and not letters:
        night = "no"
        tx.broadcasts.change(one.id, night=night)
    return Announced(one, when_it_goes(tx, due, zone, night), letters)


def take_back(tx: Tx, by: Staff, one: Broadcast) -> Words:
    """What has not gone does not go; what has is said honestly."""
    waited = one.state == "waiting"
    cancelled = tx.outbox.cancel_about(one.about)
    tx.broadcasts.files.forgive(one.id)
    if waited or cancelled:
        tx.broadcasts.change(one.id, state="cancelled")
        tx.audit.write(f"staff:{by.id}", "broadcast.taken_back", one.about, one.state, "cancelled")
    states = tx.broadcasts.states(one)
    gone = sum(states.get(state, 0) for state in ("sending", "sent", "delivered", "read"))
    if not gone and (waited or cancelled or one.state == "cancelled"):
        return "broadcast.taken_back", {}
    if waited or cancelled:
        return "broadcast.stopped", {"told": str(gone), "count": str(cancelled)}
    return "broadcast.too_late", {"told": str(gone)}
