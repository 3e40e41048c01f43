"""How does it run? Ids and counts only: what waits and how long, what failed and why, who was heard of last."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from data.schema import event, lease, outbox, template_state

RECENT = 10_000
"""Letters that are looked at for failures: the newest, so that a full outbox costs no more."""

OURS = {"memblokir": "diblokir", "tidak diketahui": "tidak diketahui", "templat": "templat"}


@dataclass(frozen=True, slots=True)
class Queue:
    """Letters that could go out now, and since when the oldest of them could."""

    depth: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Holder:
    account: str
    until: datetime
    held: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at everything."""

    queue: Queue
    failures: Mapping[str, int]
    last_event: datetime | None
    holders: Sequence[Holder]
    templates: Mapping[str, str]


class Watching:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def look(self) -> Seen:
        leases = self.conn.execute(select(lease).order_by(lease.c.account))
        templates = self.conn.execute(select(template_state.c.name, template_state.c.status))
        return Seen(
            self.queue(),
            self.failures(),
            self.last_event(),
            [Holder(r.account, r.until, bool(r.holder) and r.until > self.now) for r in leases],
            {r.name: r.status for r in templates},
        )

    def queue(self) -> Queue:
        due = select(func.count(), func.min(outbox.c.not_before)).where(
            outbox.c.state == "queued", outbox.c.not_before <= self.now
        )
        depth, oldest = self.conn.execute(due).one()
        return Queue(depth, oldest)

    def failures(self) -> dict[str, int]:
        """Of the newest letters: how many failed, by the platform's code or our own word for it."""
        newest = self.conn.execute(select(func.max(outbox.c.id))).scalar() or 0
        failed = select(outbox.c.error).where(outbox.c.id > newest - RECENT, outbox.c.state == "failed")
        return dict(Counter(reason(error or "") for error in self.conn.execute(failed).scalars()))

    def last_event(self) -> datetime | None:
        found: datetime | None = self.conn.execute(select(func.max(event.c.at))).scalar()
        return found

    def silent(self, least: int, since: timedelta, settled: timedelta) -> bool:
        """At least so many letters went out, and since then nothing at all was heard: no message and no status."""
        begin = self.now - since
        newest = select(outbox.c.state, outbox.c.sent).order_by(outbox.c.id.desc()).limit(500)
        rows = [r for r in self.conn.execute(newest) if r.sent is not None and begin <= r.sent <= self.now - settled]
        heard = self.last_event()
        quiet = heard is None or heard < begin
        return quiet and len(rows) >= least and all(row.state == "sent" for row in rows)


def reason(error: str) -> str:
    """'131026' or 'diblokir': never a sentence of a platform, which could quote somebody."""
    if code := re.search(r"(?<!\d)\d{2,6}(?!\d)", error):
        return code[0]
    return next((ours for words, ours in OURS.items() if words in error), "lain")


__all__ = ["Holder", "Queue", "Seen", "Watching", "reason"]
