"""What need not be remembered any longer? Ids of events that no platform repeats."""

from __future__ import annotations

from datetime import timedelta

from data.store import Tx

EVENTS_KEPT = timedelta(days=30)
"""WhatsApp repeats for seven days; a month is safe (HOUSE 14)."""


def tick_forget(tx: Tx) -> bool:
    """Drop what nobody needs: ids of old events, conversations that have ended, links and sessions that open nothing,
    and the numbers of families that had all erased."""
    tx.events.forget_before(tx.now - EVENTS_KEPT)
    tx.sessions.forget()
    tx.rights.sweep()
    tx.desk.forget()
    return False
