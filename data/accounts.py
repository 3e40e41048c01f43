"""Who may send for an account, is it paused, and which templates may it use? Real time, never the simulator's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from data.dialect import InsertOnce, Upsert
from data.schema import account, lease, template_state

NEW_LEASE = InsertOnce(lease, ["account"])
KEEP_PAUSE = Upsert(account, ["account"], ["paused_until", "reason"])
KEEP_TEMPLATE = Upsert(template_state, ["name"], ["status", "reason", "at"])
MOMENT = lease.c.until.type
TAKE = (
    update(lease)
    .where(
        lease.c.account == bindparam("b_account"),
        (lease.c.holder == bindparam("b_holder")) | (lease.c.until < bindparam("b_now", type_=MOMENT)),
    )
    .values(
        holder=bindparam("b_holder"),
        until=bindparam("b_until", type_=MOMENT),
        fence=lease.c.fence + bindparam("b_step"),
    )
)
RENEW = TAKE.where(lease.c.holder == bindparam("b_holder"), lease.c.fence == bindparam("b_fence"))
STOPPED = ("PAUSED", "REJECTED", "DISABLED")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send for an account until `until`. A higher fence ends every lower one."""

    account: str
    fence: int
    until: datetime


class Accounts:
    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    # --- one sender per account

    def take(self, name: str, holder: str, now: datetime, lasts: timedelta) -> Lease | None:
        """Become the sender, when nobody is or the last one fell silent. Every taking gets a new fence."""
        NEW_LEASE(self.conn, {"account": name, "holder": "", "fence": 0, "until": now - timedelta(days=1)})
        until = now + lasts
        done = self.conn.execute(
            TAKE, {"b_account": name, "b_holder": holder, "b_now": now, "b_until": until, "b_step": 1}
        )
        if not done.rowcount:
            return None
        return Lease(name, self.fence(name), until)

    def renew(self, held: Lease, holder: str, now: datetime, lasts: timedelta) -> Lease | None:
        """Go on being the sender; None when somebody else has taken over."""
        values = {"b_account": held.account, "b_holder": holder, "b_now": now, "b_until": now + lasts, "b_step": 0}
        if not self.conn.execute(RENEW, {**values, "b_fence": held.fence}).rowcount:
            return None
        return Lease(held.account, held.fence, now + lasts)

    def release(self, held: Lease, holder: str) -> None:
        """A clean stop: the next sender need not wait for the lease to run out."""
        self.conn.execute(
            update(lease)
            .where(lease.c.account == held.account, lease.c.holder == holder, lease.c.fence == held.fence)
            .values(holder="", until=held.until - timedelta(days=1))
        )

    def fence(self, name: str) -> int:
        return int(self.conn.execute(select(lease.c.fence).where(lease.c.account == name)).scalar_one())

    def holder(self, name: str) -> str | None:
        return self.conn.execute(select(lease.c.holder).where(lease.c.account == name)).scalar_one_or_none()

    # --- pauses

    def pause(self, name: str, until: datetime, reason: str) -> None:
        KEEP_PAUSE(self.conn, {"account": name, "paused_until": until, "reason": reason[:200]})

    def paused_until(self, name: str) -> datetime | None:
        found: datetime | None = self.conn.execute(
            select(account.c.paused_until).where(account.c.account == name)
        ).scalar_one_or_none()
        return found

    def resume(self, name: str) -> None:
        self.conn.execute(delete(account).where(account.c.account == name))

    # --- templates

    def keep_template(self, name: str, status: str, reason: str, at: datetime) -> None:
        values = {"name": name[:80], "status": status[:30].upper(), "reason": reason[:200]}
        KEEP_TEMPLATE(self.conn, {**values, "at": at})

    def stopped_templates(self) -> Collection[str]:
        """Templates that WhatsApp paused or rejected: their letters wait."""
        rows = self.conn.execute(select(template_state.c.name).where(template_state.c.status.in_(STOPPED)))
        return frozenset(rows.scalars())

    def templates(self) -> dict[str, tuple[str, str]]:
        rows = self.conn.execute(select(template_state).order_by(template_state.c.name))
        return {row.name: (row.status, row.reason) for row in rows}
