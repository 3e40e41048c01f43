"""What was due for each member of a family in the last year, and what became of it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from data.obligations import Member
from data.store import Tx
from handlers.rules.obligations import occurrences
from handlers.rules.verkom import Entry
from messages.envelope import KpmId

A_YEAR = timedelta(days=365)


def history(tx: Tx, kpm_id: KpmId, today: date) -> list[tuple[Member, Sequence[Entry]]]:
    """A line per thing, newest first."""
    members, kept = tx.obligations.members([kpm_id])[kpm_id], tx.obligations.kept([kpm_id])
    found: list[tuple[Member, Sequence[Entry]]] = []
    for member in members:
        mine = [Entry(one, kept.get(one.name)) for one in occurrences(member, today - A_YEAR, today)]
        if mine:
            found.append((member, sorted(mine, key=lambda e: (e.one.due_to, e.one.rule.id), reverse=True)))
    return found
