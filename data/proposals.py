"""Which times were proposed to a kelompok, and who can come to which?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from data.dialect import Upsert
from data.schema import outbox, outbox_kpm, proposal, proposal_vote

VOTE = Upsert(proposal_vote, ["proposal_id", "kpm_id"], ["choice", "at"])


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two or three times for one kelompok."""

    id: int
    staff_id: int
    kelompok_id: int
    times: Sequence[tuple[datetime, datetime]]
    open: bool
    created: datetime
    expires: datetime

    @property
    def about(self) -> str:
        return f"proposal:{self.id}"


class Proposals:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def add(
        self,
        staff_id: int,
        kelompok_id: int,
        times: Sequence[tuple[datetime, datetime]],
        due: datetime,
        expires: datetime,
    ) -> Proposal:
        """A new one ends the one before it; `due` is when its votes are told."""
        before = update(proposal).where(proposal.c.kelompok_id == kelompok_id, proposal.c.state == "open")
        self.conn.execute(before.values(state="closed", due=None))
        values: dict[str, Any] = {"staff_id": staff_id, "kelompok_id": kelompok_id, "due": due, "expires": expires}
        values |= {"times": [[a.isoformat(), b.isoformat()] for a, b in times], "created": self.now}
        added = self.conn.execute(insert(proposal).returning(proposal.c.id), values).scalar_one()
        found = self.get(added)
        assert found is not None  # noqa: S101  it was just added
        return found

    def get(self, proposal_id: int) -> Proposal | None:
        row = self.conn.execute(select(proposal).where(proposal.c.id == proposal_id)).first()
        return self._record(row) if row else None

    def open_for(self, kelompok_id: int) -> Proposal | None:
        statement = select(proposal).where(
            proposal.c.kelompok_id == kelompok_id, proposal.c.state == "open", proposal.c.expires > self.now
        )
        row = self.conn.execute(statement.order_by(proposal.c.id.desc()).limit(1)).first()
        return self._record(row) if row else None

    def to_tell(self, limit: int) -> list[Proposal]:
        """Whose votes are to be told now."""
        statement = select(proposal).where(proposal.c.due <= self.now).order_by(proposal.c.due, proposal.c.id)
        return [self._record(row) for row in self.conn.execute(statement.limit(limit))]

    def told(self, proposal_id: int) -> None:
        self.conn.execute(update(proposal).where(proposal.c.id == proposal_id).values(due=None))

    def close(self, proposal_id: int) -> None:
        self.conn.execute(update(proposal).where(proposal.c.id == proposal_id).values(state="closed", due=None))

    def vote(self, proposal_id: int, kpm_ids: Collection[int], choice: int) -> None:
        """The last word of a family counts."""
        for kpm_id in kpm_ids:
            VOTE(self.conn, {"proposal_id": proposal_id, "kpm_id": kpm_id, "choice": choice, "at": self.now})

    def votes(self, proposal_id: int) -> dict[int, int]:
        """Families by what they chose; 0 is none of them."""
        rows = self.conn.execute(
            select(proposal_vote.c.choice, func.count().label("n"))
            .where(proposal_vote.c.proposal_id == proposal_id)
            .group_by(proposal_vote.c.choice)
        )
        return {row.choice: row.n for row in rows}

    def asked(self, one: Proposal) -> set[int]:
        """The families that were written to."""
        rows = self.conn.execute(
            select(outbox_kpm.c.kpm_id)
            .join(outbox, outbox.c.id == outbox_kpm.c.outbox_id)
            .where(outbox.c.about == one.about, outbox.c.state.not_in(["cancelled", "failed", "expired"]))
        )
        return set(rows.scalars())

    def asked_last(self, one: Proposal, address_id: int) -> bool:
        """Whether no other letter has asked this address something since; an announcement asks nothing."""
        newest = self.conn.execute(
            select(outbox.c.about)
            .where(
                outbox.c.address_id == address_id,
                outbox.c.unasked,
                outbox.c.sent.is_not(None),
                outbox.c.key.not_like("broadcast.%"),
            )
            .order_by(outbox.c.sent.desc(), outbox.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()
        return newest == one.about

    def _record(self, row: Any) -> Proposal:
        times = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in row.times]
        is_open = row.state == "open" and row.expires > self.now
        return Proposal(row.id, row.staff_id, row.kelompok_id, times, is_open, row.created, row.expires)
