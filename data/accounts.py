"""Who may send for an account, is it paused, and which templates may it use? Real time, never the simulator's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select, update

from data.dialect import InsertOnce, Upsert
from data.prepared import Prepared
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
SEIZE = (
    update(lease)
    .where(lease.c.account == bindparam("b_account"))
    .values(holder=bindparam("b_holder"), until=bindparam("b_until"), fence=lease.c.fence + bindparam("b_step"))
)
PAUSED = Prepared(
    select(account.c.paused_until)
    .select_from(lease.outerjoin(account, account.c.account == lease.c.account))
    .where(
        lease.c.account == bindparam("b_account"),
        lease.c.holder == bindparam("b_holder"),
        lease.c.fence == bindparam("b_fence"),
    )
)
RENEW = TAKE.where(lease.c.holder == bindparam("b_holder"), lease.c.fence == bindparam("b_fence"))
REFUSED = "ditolak: "
"""How the reason of a pause begins that a new token may have made needless."""

STOPPED = ("PAUSED", "REJECTED", "DISABLED")
RUNS = ("APPROVED", "REINSTATED", "UNARCHIVED")
"""Meta's words for a template that may be used again; its others (PENDING, FLAGGED, IN_APPEAL …) neither stop one nor
let it go."""

STOPPED_NOW = Prepared(
    select(template_state.c.name, template_state.c.at).where(template_state.c.status.in_(list(STOPPED)))
)


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

    def take(self, name: str, holder: str, now: datetime, lasts: timedelta, *, alone: bool = False) -> Lease | None:
        """Become the sender, when nobody is or the last one fell silent. Every taking gets a new fence.

        `alone` says that nobody else can be alive, so the lease of a dead process need not run out.
        """
        now = self._moment(now)
        NEW_LEASE(self.conn, {"account": name, "holder": "", "fence": 0, "until": now - timedelta(days=1)})
        values = {"b_account": name, "b_holder": holder, "b_until": now + lasts, "b_step": 1}
        done = self.conn.execute(SEIZE, values) if alone else self.conn.execute(TAKE, {**values, "b_now": now})
        if not done.rowcount:
            return None
        return Lease(name, self.fence(name), now + lasts)

    def in_use(self, now: datetime) -> bool:
        """Whether anybody is sending, listening or ticking."""
        statement = select(lease.c.account).where(lease.c.until > bindparam("b_now", type_=MOMENT)).limit(1)
        return self.conn.execute(statement, {"b_now": self._moment(now)}).first() is not None

    def renew(self, held: Lease, holder: str, now: datetime, lasts: timedelta) -> Lease | None:
        """Go on being the sender; None when somebody else has taken over."""
        now = self._moment(now)
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

    def _moment(self, now: datetime) -> datetime:
        """Machines disagree about the time, so leases that they share are measured by the server's clock."""
        if self.conn.dialect.name != "postgresql":
            return now
        told: datetime = self.conn.execute(select(func.clock_timestamp())).scalar_one()
        return told

    def fence(self, name: str) -> int:
        return int(self.conn.execute(select(lease.c.fence).where(lease.c.account == name)).scalar_one())

    def holder(self, name: str) -> str | None:
        return self.conn.execute(select(lease.c.holder).where(lease.c.account == name)).scalar_one_or_none()

    def held(self, name: str, now: datetime) -> bool:
        """Whether somebody is the sender at this moment."""
        running = select(lease.c.account).where(lease.c.account == name, lease.c.holder != "", lease.c.until > now)
        return self.conn.execute(running).first() is not None

    # --- pauses

    def may_send(self, held: Lease, holder: str) -> tuple[bool, datetime | None]:
        """Whether the lease is still ours, and until when the account is paused: asked before every claim."""
        values = {"b_account": held.account, "b_holder": holder, "b_fence": held.fence}
        row = PAUSED.first(self.conn, values)
        return (False, None) if row is None else (True, row.paused_until)

    def pause(self, name: str, until: datetime, reason: str, *, refused: bool = False) -> None:
        """Nothing goes out until then. A shorter pause never ends a longer one. `refused`: the platform did not ask for
        it, it wants nothing of this account until a human has mended something."""
        known = self.paused_until(name)
        if known is not None and known >= until:
            return
        KEEP_PAUSE(
            self.conn, {"account": name, "paused_until": until, "reason": f"{REFUSED if refused else ''}{reason}"[:200]}
        )

    def try_again(self, name: str) -> None:
        """Ends the pause of an account that was refused; one that the platform asked for is kept."""
        self.conn.execute(delete(account).where(account.c.account == name, account.c.reason.startswith(REFUSED)))

    def paused_until(self, name: str) -> datetime | None:
        found: datetime | None = self.conn.execute(
            select(account.c.paused_until).where(account.c.account == name)
        ).scalar_one_or_none()
        return found

    def resume(self, name: str) -> None:
        self.conn.execute(delete(account).where(account.c.account == name))

    # --- templates

    def keep_template(self, name: str, status: str, reason: str, at: datetime) -> None:
        values = {"name": name[:80], "status": status.upper()[:30], "reason": reason[:200]}
        KEEP_TEMPLATE(self.conn, {**values, "at": at})

    def stopped_templates(self) -> Mapping[str, datetime]:
        """Templates that WhatsApp paused or rejected, with when it said so: their letters wait."""
        return {row.name: row.at for row in STOPPED_NOW.all(self.conn, {})}

    def templates(self) -> dict[str, tuple[str, str]]:
        rows = self.conn.execute(select(template_state).order_by(template_state.c.name))
        return {row.name: (row.status, row.reason) for row in rows}
