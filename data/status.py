"""By which addresses can a family be reached, and what became of the newest letter to it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, bindparam, func, select

from data.people import UNREACHABLE_AFTER
from data.records import Consent, LetterNews, Line, Topic
from data.schema import address, consent, kpm, kpm_address, outbox, outbox_kpm
from messages.envelope import Status as LetterState

LINES = (
    select(
        kpm_address.c.kpm_id,
        address.c.channel,
        address.c.heard,
        address.c.blocked,
        address.c.failures,
        consent.c.state,
        consent.c.at,
    )
    .join(address, address.c.id == kpm_address.c.address_id)
    .join(kpm, kpm.c.id == kpm_address.c.kpm_id)
    .outerjoin(consent, and_(consent.c.address_id == address.c.id, consent.c.topic == Topic.MEETINGS.value))
    .where(kpm.c.kelompok_id.in_(bindparam("ks", expanding=True)))
    .order_by(address.c.heard.desc().nulls_last(), address.c.id)
)
_NEWEST = (
    select(outbox_kpm.c.kpm_id, func.max(outbox.c.id).label("letter_id"))
    .join(outbox, outbox.c.id == outbox_kpm.c.outbox_id)
    .join(kpm, kpm.c.id == outbox_kpm.c.kpm_id)
    .where(kpm.c.kelompok_id.in_(bindparam("ks", expanding=True)), outbox.c.unasked, outbox.c.state != "cancelled")
    .group_by(outbox_kpm.c.kpm_id)
    .subquery()
)
LETTERS = select(
    _NEWEST.c.kpm_id,
    outbox.c.key,
    outbox.c.channel,
    outbox.c.state,
    func.coalesce(outbox.c.sent, outbox.c.not_before, type_=outbox.c.sent.type).label("at"),
    outbox.c.error,
).join(outbox, outbox.c.id == _NEWEST.c.letter_id)


class Status:
    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def lines(self, kelompok_ids: Sequence[int]) -> Mapping[int, Sequence[Line]]:
        """The addresses of every family of these groups, the one last heard from first; who has none is not in it."""
        found: dict[int, list[Line]] = defaultdict(list)
        for row in self.conn.execute(LINES, {"ks": list(kelompok_ids)}):
            state = Consent(row.state) if row.state else None
            unreachable = row.failures >= UNREACHABLE_AFTER
            line = Line(row.channel, row.heard, row.blocked, row.failures, unreachable, state, row.at)
            found[row.kpm_id].append(line)
        return found

    def letters(self, kelompok_ids: Sequence[int]) -> Mapping[int, LetterNews]:
        """The newest unasked letter of every family of these groups, cancelled ones left out."""
        rows = self.conn.execute(LETTERS, {"ks": list(kelompok_ids)})
        return {r.kpm_id: LetterNews(r.key, r.channel, LetterState(r.state), r.at, r.error or "") for r in rows}
