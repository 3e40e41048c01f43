"""What need not be remembered any longer? Ids of events nobody repeats, and at night what is over its time."""

from __future__ import annotations

from datetime import timedelta

from data.store import Tx

EVENTS_KEPT = timedelta(days=30)
"""WhatsApp repeats for seven days; a month is safe (HOUSE 14)."""

NIGHT = 2
"""The hour, by the kabupaten's clock, in which old data goes: nobody is written to, and few write."""


def tick_forget(tx: Tx) -> bool:
    """Drop what nobody needs: ids of old events, conversations that have ended, links and sessions that open nothing,
    and the numbers of families that had all erased. At night also what is older than the office keeps it."""
    tx.events.forget_before(tx.now - EVENTS_KEPT)
    tx.sessions.forget()
    tx.rights.sweep()
    tx.desk.forget()
    tx.broadcasts.files.forget()
    office = tx.people.kabupaten(None)
    return office is not None and tx.now.astimezone(office.zone).hour == NIGHT and tx.retention.forget().more
