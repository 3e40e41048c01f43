"""How does it run? Ids and counts only: what waits and how long, what failed and why, who was heard of last."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from data.schema import account, event, lease, outbox, template_state

RECENT = 10_000
"""Letters that are looked at for failures: the newest, so that a full outbox costs no more."""

A_DAY, LATELY = timedelta(days=1), timedelta(days=3)
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
    name: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """How many letters went as a template: by themselves, and as an announcement of staff."""

    utility: int
    announced: int


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
            [Holder(r.account, r.until, bool(r.holder) and r.until > self.now, r.holder) for r in leases],
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

    def heard(self) -> dict[str, datetime]:
        """Of each account: the last event of these days."""
        recent = select(event.c.account, func.max(event.c.at)).where(event.c.at >= self.now - LATELY)
        return {row[0]: row[1] for row in self.conn.execute(recent.group_by(event.c.account))}

    def sends(self) -> dict[str, dict[str, int]]:
        """Of the newest letters: channel → what became of those of the last day."""
        newest = self.conn.execute(select(func.max(outbox.c.id))).scalar() or 0
        rows = self.conn.execute(
            select(outbox.c.channel, outbox.c.state, func.count())
            .where(outbox.c.id > newest - RECENT, outbox.c.status_at >= self.now - A_DAY)
            .group_by(outbox.c.channel, outbox.c.state)
        )
        found: dict[str, dict[str, int]] = {}
        for channel, state, number in rows:
            found.setdefault(channel, {})[state] = number
        return found

    def paid(self, since: datetime) -> Paid:
        """Letters that went as a template since then: only these cost something."""
        announced = outbox.c.key.startswith("broadcast.")
        rows = self.conn.execute(
            select(announced, func.count())
            .where(
                outbox.c.template.is_not(None),
                outbox.c.sent >= since,
                outbox.c.channel == "whatsapp",
                outbox.c.state.in_(("sent", "delivered", "read")),
            )
            .group_by(announced)
        )
        numbers = {bool(row[0]): row[1] for row in rows}
        return Paid(numbers.get(False, 0), numbers.get(True, 0))

    def paused(self) -> dict[str, datetime]:
        """Accounts that wait, and until when."""
        rows = self.conn.execute(select(account).where(account.c.paused_until > self.now).order_by(account.c.account))
        return {row.account: row.paused_until for row in rows}

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


__all__ = ["Holder", "Paid", "Queue", "Seen", "Watching", "reason"]
