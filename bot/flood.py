"""Does one address write so much in a minute that the others would wait? What is beyond that is seen, not answered."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot import inbox
from data.store import Store, Tx
from messages.envelope import Address, Inbound, Kind, Outbound
from messages.reading import Expecting, read

log = structlog.get_logger()

MOST, MOST_OF_STAFF = 20, 60
"""Messages of a minute that are answered: nobody talks faster, and a register marked line by line has sixty."""

WINDOW = timedelta(minutes=1)
KNOWN = 10_000
"""Addresses remembered at once; who has been silent longest is forgotten first."""

HEARD_ANYWAY = frozenset({"urgent", "stop"})
"""Danger and STOP PESAN are never too much."""

READ_ANYWAY = 3 * MOST
LOOKED_AT = 1000
WORDLESS = frozenset({Kind.BLOCKED, Kind.UNBLOCKED})


class Flood:
    """Counts by the platform's time, in memory: another process may let as many pass again, which harms nobody."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        # Most write a message or two, for which a dict or deque would be many times too large.
        self._of: OrderedDict[Address, list[tuple[datetime, str, int]]] = OrderedDict()

    def count(self, msg: Inbound) -> int:
        """How many of this address fall into the minute that ends with this one. A repeated event counts once, and
        is what it was the first time."""
        seen = self._of.setdefault(msg.sender, [])
        self._of.move_to_end(msg.sender)
        if len(self._of) > KNOWN:
            self._of.popitem(last=False)
        for _, event, number in seen:
            if event == msg.event:
                return number
        since = msg.at - WINDOW
        number = 1 + len([at for at, _, _ in seen if since < at <= msg.at])
        seen.append((msg.at, msg.event, number))
        del seen[: -4 * MOST_OF_STAFF]
        return number

    def way(self, msg: Inbound) -> inbox.Way:
        """As everybody's, unless the address floods us: then the event is only remembered as seen. Counts it."""
        number = 0 if msg.kind in WORDLESS else self.count(msg)
        if number <= self.most or _heard_anyway(msg, number):
            return inbox.handle
        return partial(_beyond, number=number, most=self.most)


async def receive(store: Store, msg: Inbound, flood: Flood) -> bool:
    """As `inbox.receive`, and nobody floods us."""
    return await inbox.receive(store, msg, flood.way(msg))


def _heard_anyway(msg: Inbound, number: int) -> bool:
    """Reading costs a little, so even this has an end."""
    if number > READ_ANYWAY or msg.kind is not Kind.TEXT:
        return False
    return read(msg.text[:LOOKED_AT], Expecting.NONE).meaning in HEARD_ANYWAY


def _beyond(tx: Tx, msg: Inbound, number: int, most: int) -> bool:
    who = tx.people.who(msg.sender)
    if who.staff is not None and number <= MOST_OF_STAFF:
        return inbox.handle(tx, msg)
    if not tx.events.first_time(msg.account, msg.event):
        return False
    allowed = MOST_OF_STAFF if who.staff is not None else most
    if number == allowed + 1 and msg.kind is not Kind.GROUP:
        log.warning("flood", account=msg.account, address=who.address_id)
        once = f"flood:{msg.account}:{who.address_id}:{msg.at:%Y%m%d%H%M}"
        inbox.post(tx, [Outbound(msg.sender, "help.too_many", {}, once=once)])
    return True


__all__ = ["MOST", "MOST_OF_STAFF", "Flood", "receive"]
