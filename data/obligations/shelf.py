"""What was said and written of each thing that is due, and what did our letters ask?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from data.dialect import InsertOnce, Upsert
from data.obligations.queue import Queue
from data.obligations.records import Asked, Claim, Item, Kept, Member, Posyandu, Refused
from data.obligations.rows import MEMBER, asked_record, kept_record, member_record, packed, row_of
from data.obligations.waiting import Waiting
from data.prepared import Prepared
from data.schema import kpm, member, obligation, obligation_letter, outbox, posyandu
from messages.envelope import KpmId, StaffId

A_MOMENT = timedelta(minutes=10)
_KEY = ["member_id", "series", "occurrence"]
MEMBERS = Prepared(select(*MEMBER).where(member.c.kpm_id.in_(bindparam("ks", expanding=True))).order_by(member.c.id))
KEPT = Prepared(select(obligation).where(obligation.c.kpm_id.in_(bindparam("ks", expanding=True))))
POSYANDU = Prepared(
    select(posyandu).where(posyandu.c.desa_id.in_(bindparam("ds", expanding=True))).order_by(posyandu.c.id)
)
ADD = InsertOnce(obligation, _KEY)
SPOKEN_OF = Upsert(obligation, _KEY, ["reminded"], add=["times"])
ADD_LETTER = insert(obligation_letter).returning(obligation_letter.c.id, sort_by_parameter_order=True)
LAST_ASKED = Prepared(
    select(obligation_letter)
    .where(obligation_letter.c.address_id == bindparam("a"))
    .order_by(obligation_letter.c.id.desc())
    .limit(1)
)
LAST_UNASKED = Prepared(
    select(outbox.c.key)
    .where(
        outbox.c.address_id == bindparam("a"),
        outbox.c.unasked,
        outbox.c.state.in_(["sending", "sent", "delivered", "read"]),
    )
    .order_by(outbox.c.not_before.desc(), outbox.c.id.desc())
    .limit(1)
)
Name = tuple[int, str, str]


class Obligations:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now
        self.queue = Queue(conn, now)
        self.waiting = Waiting(conn)

    # --- look

    def members(self, kpm_ids: Collection[int]) -> dict[int, list[Member]]:
        found: dict[int, list[Member]] = defaultdict(list)
        for row in MEMBERS.all(self.conn, {"ks": list(kpm_ids)}):
            found[row.kpm_id].append(member_record(row))
        return found

    def member(self, member_id: int) -> Member | None:
        row = self.conn.execute(select(*MEMBER).where(member.c.id == member_id)).first()
        return member_record(row) if row else None

    def kept(self, kpm_ids: Collection[int]) -> dict[Name, Kept]:
        return {
            (row.member_id, row.series, row.occurrence): kept_record(row)
            for row in KEPT.all(self.conn, {"ks": list(kpm_ids)})
        }

    def refused(self, kelompok_id: int, since: datetime) -> list[Refused]:
        """What families of this kelompok said they have not done, and nobody has looked at since."""
        statement = (
            select(kpm.c.id, kpm.c.name, member.c.name.label("member"), obligation.c.rule, obligation.c.reason)
            .join(member, member.c.id == obligation.c.member_id)
            .join(kpm, kpm.c.id == obligation.c.kpm_id)
            .where(
                kpm.c.kelompok_id == kelompok_id,
                kpm.c.status == "aktif",
                obligation.c.claim == Claim.NOT_DONE.value,
                obligation.c.mark.is_(None),
                obligation.c.claimed >= since,
            )
            .order_by(kpm.c.name, kpm.c.id, obligation.c.claimed)
        )
        return [Refused(KpmId(r.id), r.name, r.member, r.rule, r.reason) for r in self.conn.execute(statement)]

    def posyandu_in(self, desa_ids: Collection[int]) -> dict[int, list[Posyandu]]:
        """Those of each desa; most have one, some several."""
        found: dict[int, list[Posyandu]] = defaultdict(list)
        for row in POSYANDU.all(self.conn, {"ds": list(desa_ids)}):
            found[row.desa_id].append(Posyandu(row.name, row.place, row.pattern))
        return found

    # --- letters

    def asked(self, address_id: int, on: date, items: Sequence[Item]) -> int:
        """Remember what a list asks, so that an answer knows what it is about."""
        return self.asked_all(on, [(address_id, items)], unasked=False)[0]

    def asked_all(
        self, on: date, letters: Sequence[tuple[int, Sequence[Item]]], *, unasked: bool = True
    ) -> Sequence[int]:
        """Remember what letters to these addresses ask; unasked ones count as a reminder of each thing."""
        if not letters:
            return []
        rows = [{"address_id": where, "on": on, "items": [packed(i) for i in items]} for where, items in letters]
        ids = self.conn.execute(ADD_LETTER, rows).scalars().all()
        every = [item for _, items in letters for item in items] if unasked else []
        if every:
            SPOKEN_OF.many(self.conn, [{**row_of(item), "reminded": on, "times": 1} for item in every])
        return list(ids)

    def letter(self, letter_id: int) -> Asked | None:
        row = self.conn.execute(select(obligation_letter).where(obligation_letter.c.id == letter_id)).first()
        return asked_record(row) if row else None

    def last_asked(self, address_id: int, since: date) -> Asked | None:
        """The newest letter to this address, when it went out since then."""
        row = LAST_ASKED.first(self.conn, {"a": address_id})
        return asked_record(row) if row and row.on >= since else None

    def answered(self, letter_id: int) -> None:
        self.conn.execute(update(obligation_letter).where(obligation_letter.c.id == letter_id).values(open=False))

    def last_unasked(self, address_id: int) -> str:
        """The key of the letter that we last sent there by ourselves: a short answer belongs to it."""
        return LAST_UNASKED.scalar(self.conn, {"a": address_id}) or ""

    # --- words and marks

    def claim(
        self, item: Item, said: Claim, by: str, *, done_on: date | None = None, reason: str | None = None
    ) -> Claim | None:
        """The family's word; returns what stood there before."""
        self._ensure(item)
        was = self._found(item)
        values = {"claim": said.value, "done_on": done_on, "reason": reason, "claimed": self.now, "claim_by": by[:20]}
        self._set(item, **values)
        return Claim(was.claim) if was.claim else None

    def just_said(self, item: Item, said: Claim, by: str, done_on: date | None, reason: str | None) -> bool:
        """This very word stands there since a moment ago: a second tap."""
        values = {"claim": said.value, "done_on": done_on, "reason": reason, "claim_by": by[:20]}
        same = select(obligation.c.id).where(*_this(item), obligation.c.claimed > self.now - A_MOMENT)
        return self.conn.execute(same.filter_by(**values)).first() is not None

    def mark(self, item: Item, mark: Claim | None, by: StaffId, proof: str = "") -> Claim | None:
        """The pendamping's word, which alone counts; returns what stood there before."""
        self._ensure(item)
        was = self._found(item)
        values = {"mark": mark.value if mark else None, "proof": proof[:60] or None, "marked_by": by}
        self._set(item, **values, marked=self.now)
        return Claim(was.mark) if was.mark else None

    def _ensure(self, item: Item) -> None:
        ADD(self.conn, row_of(item))

    def _found(self, item: Item) -> Any:
        return self.conn.execute(select(obligation).where(*_this(item))).one()

    def _set(self, item: Item, **values: Any) -> None:
        self.conn.execute(update(obligation).where(*_this(item)).values(**values))

    # --- members

    def change_member(self, member_id: int, **values: Any) -> None:
        self.conn.execute(update(member).where(member.c.id == member_id).values(**values))

    def forget(self, member_id: int) -> None:
        """A new pregnancy: what was kept of the last one belongs to it no longer."""
        self.conn.execute(delete(obligation).where(obligation.c.member_id == member_id))

    def add_member(self, kpm_id: int, **values: Any) -> int:
        return int(
            self.conn.execute(
                insert(member).returning(member.c.id), {"kpm_id": kpm_id, "by_hand": True, **values}
            ).scalar_one()
        )


def _this(item: Item) -> tuple[Any, ...]:
    return (
        obligation.c.member_id == item.member_id,
        obligation.c.series == item.series,
        obligation.c.occurrence == item.occurrence,
    )
