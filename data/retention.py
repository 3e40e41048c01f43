"""How long is what is no longer needed kept? A period for each kind of data, taken away in small batches at night."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select, true, update

from data.records import FamilyStatus
from data.schema import (
    address,
    audit,
    broadcast_file,
    event,
    identity,
    kpm,
    kpm_address,
    outbox,
    question,
    session,
    staff_address,
    visit,
)
from data.settings import Settings

BATCH = 500
"""Rows of one transaction: replies pass in between (HOUSE 8)."""

KEEP_NIK = "keep_nik"
NAME, WORDS_UNTIL = "keeps", "words_gone_until"
NOT_OVER = ("queued", "sending")
DRAFTS = timedelta(days=2)
"""How long a file waits that was sent for an announcement nobody finished."""


@dataclass(frozen=True, slots=True)
class Keeps:
    """Days. Attendance, marks, obligations and consents stay as long as the family does: the office's proof."""

    letters: int = 180
    """The words of letters that were sent, and the files of announcements: that and when they were sent stays."""

    questions: int = 365
    """Closed questions with their steps and answers."""

    failed: int = 90
    """What came in and could not be handled."""

    visits: int = 1095
    """Notes after a visit."""

    strangers: int = 90
    """Numbers that belong to no family and to nobody of the staff."""

    audit: int = 1825
    """Who changed what: five years, never less than one (the database itself refuses)."""


@dataclass(slots=True)
class Gone:
    """How much of each kind was taken away; `more` when a kind filled its batch."""

    rows: dict[str, int] = field(default_factory=dict)
    more: bool = False

    def note(self, kind: str, number: int, looked: int) -> None:
        self.rows[kind] = number
        self.more = self.more or looked >= BATCH


class Retention:
    def __init__(self, conn: Connection, now: datetime, settings: Settings) -> None:
        self.conn, self.now, self.settings = conn, now, settings

    def keep(self, keeps: Keeps) -> None:
        self.settings.keep(NAME, json.dumps(asdict(keeps)))

    def keeps(self) -> Keeps:
        kept: Mapping[str, int] = json.loads(self.settings.get(NAME) or "{}")
        return replace(Keeps(), **kept)

    def forget(self) -> Gone:
        """One batch of every kind."""
        keeps, gone = self.keeps(), Gone()
        self._words(self._before(keeps.letters), gone)
        self._files(self._before(keeps.letters), gone)
        over = func.coalesce(question.c.closed, question.c.at) < self._before(keeps.questions)
        self._rows("questions", question, and_(question.c.state == "closed", over), gone)
        self._failed(self._before(keeps.failed), gone)
        self._rows("visits", visit, visit.c.at < self._before(keeps.visits), gone)
        self._strangers(self._before(keeps.strangers), gone)
        self._rows("identities", identity, self._unwanted(), gone)
        self._rows("audit", audit, audit.c.at < self._before(keeps.audit), gone)
        return gone

    def _unwanted(self) -> ColumnElement[bool]:
        """Digests of NIK and KK: all where the office keeps none (any more), and those of families that have left."""
        left = select(kpm.c.id).where(kpm.c.status.in_([FamilyStatus.NONAKTIF.value, FamilyStatus.GRADUASI.value]))
        return identity.c.kpm_id.in_(left) if self.settings.get(KEEP_NIK) == "yes" else true()

    def _before(self, days: int) -> datetime:
        return self.now - timedelta(days=days)

    def _rows(self, kind: str, table: Table, old: object, gone: Gone) -> None:
        ids = list(self.conn.execute(select(table.c.id).where(old).order_by(table.c.id).limit(BATCH)).scalars())  # type: ignore[arg-type]
        if ids:
            self.conn.execute(delete(table).where(table.c.id.in_(ids)))
        gone.note(kind, len(ids), len(ids))

    def _words(self, before: datetime, gone: Gone) -> None:
        """Letters are looked at once, in their order: a table of millions is never read whole."""
        after = int(self.settings.get(WORDS_UNTIL) or 0)
        old = select(outbox.c.id, outbox.c.state).where(outbox.c.id > after, outbox.c.created < before)
        rows = self.conn.execute(old.order_by(outbox.c.id).limit(BATCH)).all()
        done = []
        for row in rows:
            if row.state in NOT_OVER:
                break
            done.append(row.id)
        if done:
            blank = update(outbox).where(outbox.c.id.in_(done)).values(text=None, params={}, attachment=None)
            self.conn.execute(blank)
            self.settings.keep(WORDS_UNTIL, str(done[-1]))
        gone.note("letters", len(done), len(done))

    def _files(self, before: datetime, gone: Gone) -> None:
        """Of a draft that became nothing after two days; of an announcement with the words of its letters."""
        file = broadcast_file.c
        left = and_(file.broadcast_id.is_(None), file.at < self.now - DRAFTS)
        over = and_(file.at < before, or_(file.content.is_not(None), file.media.is_not(None)))
        old = select(file.id, file.broadcast_id).where(or_(left, over)).order_by(file.id).limit(BATCH)
        rows = self.conn.execute(old).all()
        drafts = [row.id for row in rows if row.broadcast_id is None]
        if drafts:
            self.conn.execute(delete(broadcast_file).where(file.id.in_(drafts)))
        if said := [row.id for row in rows if row.broadcast_id is not None]:
            self.conn.execute(update(broadcast_file).where(file.id.in_(said)).values(content=None, media=None))
        gone.note("files", len(rows), len(rows))

    def _failed(self, before: datetime, gone: Gone) -> None:
        old = select(event.c.account, event.c.event).where(event.c.state == "failed", event.c.at < before).limit(BATCH)
        rows = self.conn.execute(old).all()
        for row in rows:
            this = and_(event.c.account == row.account, event.c.event == row.event)
            self.conn.execute(update(event).where(this).values(state="done", raw=None, error=None))
        gone.note("failed", len(rows), len(rows))

    def _strangers(self, before: datetime, gone: Gone) -> None:
        """The row stays for what was counted; the number goes."""
        old = select(address.c.id).where(
            address.c.heard < before,
            address.c.id.not_in(select(kpm_address.c.address_id)),
            address.c.id.not_in(select(staff_address.c.address_id)),
            address.c.id.not_in(select(session.c.address_id)),
            address.c.id.not_in(select(question.c.address_id).where(question.c.state == "open")),
            address.c.id.not_in(select(outbox.c.address_id).where(or_(*(outbox.c.state == s for s in NOT_OVER)))),
        )
        ids = list(self.conn.execute(old.limit(BATCH)).scalars())
        for address_id in ids:
            nobody = {"value": f"dihapus-{address_id}", "heard": None}
            self.conn.execute(update(address).where(address.c.id == address_id).values(**nobody))
        gone.note("strangers", len(ids), len(ids))


__all__ = ["BATCH", "Gone", "Keeps", "Retention"]
