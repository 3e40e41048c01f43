"""What did a family say about a meeting, and what did the pendamping write in the register?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update

from data.audit import Audit
from data.dialect import InsertOnce, Upsert
from data.meetings import Meetings
from data.people import KPM, kpm_record
from data.prepared import Prepared
from data.records import Answer, Entry, Kpm, Mark, Meeting
from data.schema import attendance, kpm, kpm_address, meeting_kelompok
from data.summary import Change, Summary
from messages.envelope import KpmId, StaffId

THIS = Prepared(
    select(attendance.c.answer, attendance.c.reason, attendance.c.claimed, attendance.c.code, attendance.c.mark)
    .add_columns(attendance.c.registered, attendance.c.late, attendance.c.represented_by)
    .where(attendance.c.meeting_id == bindparam("m"), attendance.c.kpm_id == bindparam("p"))
)
KEEP_ANSWER = Upsert(
    attendance,
    ["meeting_id", "kpm_id"],
    ["answer", "reason", "late", "represented_by", "answered", "claimed", "code", "claim_by"],
)
ON_REGISTER = InsertOnce(attendance, ["meeting_id", "kpm_id"])
PUT_ON_REGISTER = (
    update(attendance)
    .where(
        attendance.c.meeting_id == bindparam("m"),
        attendance.c.kpm_id == bindparam("p"),
        attendance.c.registered.is_(False),
    )
    .values(registered=True, kelompok_id=bindparam("k"))
)
"""A family that answered from another kelompok stands on the register of the one it belongs to today."""
LINES = (
    select(*KPM, attendance)
    .join(attendance, attendance.c.kpm_id == kpm.c.id)
    .where(
        attendance.c.meeting_id == bindparam("m"),
        attendance.c.kelompok_id == bindparam("k"),
        attendance.c.registered,
    )
    .order_by(kpm.c.name, kpm.c.id)
)
EXPECTED_LINES = (
    select(*KPM, attendance)
    .outerjoin(attendance, and_(attendance.c.kpm_id == kpm.c.id, attendance.c.meeting_id == bindparam("m")))
    .where(kpm.c.kelompok_id == bindparam("k"), kpm.c.status == "aktif")
    .order_by(kpm.c.name, kpm.c.id)
)
WITH_PHONE = select(kpm_address.c.kpm_id).distinct().join(kpm, kpm.c.id == kpm_address.c.kpm_id)


@dataclass(frozen=True, slots=True)
class Said:
    """What is known so far of one family and one meeting."""

    answer: Answer
    reason: str | None
    claimed: datetime | None
    code: bool
    mark: Mark | None
    registered: bool
    late: bool
    represented_by: str | None


SILENT = Said(Answer.UNKNOWN, None, None, False, None, False, False, None)


class Attendance:
    def __init__(self, conn: Connection, now: datetime, audit: Audit, summary: Summary, meetings: Meetings) -> None:
        self.conn, self.now, self.audit, self.summary, self.meetings = conn, now, audit, summary, meetings

    # --- what families say

    def said(self, meeting_id: int, kpm_id: int) -> Said:
        row = THIS.first(self.conn, {"m": meeting_id, "p": kpm_id})
        if row is None:
            return SILENT
        return Said(
            Answer(row.answer),
            row.reason,
            row.claimed,
            row.code,
            Mark(row.mark) if row.mark else None,
            row.registered,
            row.late,
            row.represented_by,
        )

    def keep_answer(
        self,
        which: Meeting,
        who: Kpm,
        answer: Answer,
        actor: str,
        *,
        reason: str | None = None,
        late: bool = False,
        represented_by: str | None = None,
        claimed: datetime | None = None,
        code: bool = False,
        claim_by: str | None = None,
        why: str = "",
        was: Said | None = None,
    ) -> Said:
        """Remember what a family said; returns what was known before, which the caller may have looked up already.
        Unchanged words write nothing to the audit."""
        was = was or self.said(which.id, who.id)
        KEEP_ANSWER(
            self.conn,
            {
                "meeting_id": which.id,
                "kpm_id": who.id,
                "kelompok_id": who.kelompok_id,
                "answer": answer.value,
                "reason": reason,
                "late": late,
                "represented_by": represented_by,
                "answered": self.now,
                "claimed": claimed or was.claimed,
                "code": code or was.code,
                "claim_by": claim_by[:80] if claim_by else None,
            },
        )
        before, after = _words(was.answer, was.reason, was.code), _words(answer, reason, code or was.code)
        if before != after:
            self.audit.write(actor, "attendance.answer", _subject(which, who.id), before, after, why)
        if was.answer is not answer and answer is not Answer.UNKNOWN:
            self.summary.flag(which, who.kelompok_id, who.id, answer.value)
        return was

    def forget_answers(self, which: Meeting, actor: str, why: str) -> None:
        """After a move everybody is asked again; what was said stays in the audit. The register begins anew too."""
        rows = self.conn.execute(
            select(attendance.c.kpm_id, attendance.c.answer, attendance.c.reason, attendance.c.code).where(
                attendance.c.meeting_id == which.id, attendance.c.answer != Answer.UNKNOWN.value
            )
        ).all()
        for row in rows:
            was = _words(Answer(row.answer), row.reason, row.code)
            self.audit.write(actor, "attendance.answer", _subject(which, row.kpm_id), was, "unknown", why)
        self.conn.execute(
            update(attendance)
            .where(attendance.c.meeting_id == which.id)
            .values(
                answer=Answer.UNKNOWN.value,
                reason=None,
                late=False,
                represented_by=None,
                answered=None,
                registered=False,
            )
        )

    def any_claim(self, meeting_id: int) -> bool:
        """Whether anybody said or wrote that it took place: a claim, a mark, or SELESAI with nobody there."""
        statement = select(attendance.c.kpm_id).where(
            attendance.c.meeting_id == meeting_id,
            (attendance.c.claimed.is_not(None)) | (attendance.c.mark.is_not(None)),
        )
        closed = select(meeting_kelompok.c.kelompok_id).where(
            meeting_kelompok.c.meeting_id == meeting_id, meeting_kelompok.c.closed.is_not(None)
        )
        return any(self.conn.execute(one.limit(1)).first() is not None for one in (statement, closed))

    # --- the register

    def freeze(self, which: Meeting, kelompok_id: int) -> None:
        """From here on the register keeps the families of this day. The caller keeps the moment in `meetings`."""
        families = self.conn.execute(
            select(kpm.c.id).where(kpm.c.kelompok_id == kelompok_id, kpm.c.status == "aktif").order_by(kpm.c.id)
        ).scalars()
        for kpm_id in list(families):
            line = {"meeting_id": which.id, "kpm_id": kpm_id, "kelompok_id": kelompok_id}
            if not ON_REGISTER(self.conn, {**line, "registered": True}):
                self.conn.execute(PUT_ON_REGISTER, {"m": which.id, "p": kpm_id, "k": kelompok_id})

    def register(self, which: Meeting, kelompok_id: int) -> list[Entry]:
        """The lines by name: of the frozen register, else of the families that are active now."""
        values = {"m": which.id, "k": kelompok_id}
        frozen = self.conn.execute(
            select(meeting_kelompok.c.frozen).where(
                meeting_kelompok.c.meeting_id == which.id, meeting_kelompok.c.kelompok_id == kelompok_id
            )
        ).scalar_one_or_none()
        rows = self.conn.execute(LINES if frozen else EXPECTED_LINES, values).all()
        phones = set(self.conn.execute(WITH_PHONE.where(kpm.c.kelompok_id == kelompok_id)).scalars())
        return [_entry(row, row.id in phones) for row in rows]

    def marks(self, meeting_id: int, kelompok_id: int) -> int:
        return int(
            self.conn.execute(
                select(func.count())
                .select_from(attendance)
                .where(
                    attendance.c.meeting_id == meeting_id,
                    attendance.c.kelompok_id == kelompok_id,
                    attendance.c.mark.is_not(None),
                )
            ).scalar_one()
        )

    def open_register(self, which: Meeting, kelompok_id: int) -> None:
        """Freeze the families of the day, once: at check-in opening or with the first mark."""
        state = self.meetings.register(which.id, kelompok_id)
        if state is not None and state.frozen is None:
            self.freeze(which, kelompok_id)
            self.meetings.freeze(which.id, kelompok_id)

    def mark_all(
        self, which: Meeting, kelompok_id: int, marks: Mapping[KpmId, Mark | None], by: StaffId, why: str = ""
    ) -> int:
        """Write several marks; one mark makes the meeting held (HOUSE 15). Returns how many lines changed."""
        self.open_register(which, kelompok_id)
        self._hold_when(which, kelompok_id, any(marks.values()))
        was_held = bool(self.marks(which.id, kelompok_id)) or any(marks.values())
        changed = [self._mark(which, kpm_id, mark, by, why) for kpm_id, mark in sorted(marks.items())]
        self.summary.marked(which, kelompok_id, [change for change in changed if change is not None])
        self.meetings.count_marks(which.id, kelompok_id, self.marks(which.id, kelompok_id))
        if was_held:
            self._let_go(which, kelompok_id)
        return len(changed) - changed.count(None)

    def close(self, which: Meeting, kelompok_id: int, by: StaffId) -> None:
        """SELESAI: the register is handed in, also when nobody came. It can be corrected later."""
        self.open_register(which, kelompok_id)
        self._hold_when(which, kelompok_id, True)
        self.meetings.close(which.id, kelompok_id, by)
        self.audit.write(f"staff:{by}", "register.closed", f"meeting:{which.id}:kelompok:{kelompok_id}")

    def reopen(self, which: Meeting, kelompok_id: int, by: StaffId) -> None:
        """SELESAI was pressed too early: open again, and not held unless a mark says so."""
        state = self.meetings.register(which.id, kelompok_id)
        if state is None or state.closed is None:
            return
        self.meetings.reopen(which.id, kelompok_id)
        self.audit.write(f"staff:{by}", "register.reopened", f"meeting:{which.id}:kelompok:{kelompok_id}")
        self._let_go(which, kelompok_id)

    def _hold_when(self, which: Meeting, kelompok_id: int, becomes_held: bool) -> None:
        state = self.meetings.register(which.id, kelompok_id)
        if becomes_held and state is not None and not state.held:
            self.summary.held(which, kelompok_id, self._expected(which.id, kelompok_id))

    def _let_go(self, which: Meeting, kelompok_id: int) -> None:
        """The last mark was taken back and nobody said SELESAI: it is planned again, not held."""
        state = self.meetings.register(which.id, kelompok_id)
        if state is not None and not state.held:
            self.summary.held(which, kelompok_id, self._expected(which.id, kelompok_id), by=-1)

    def _expected(self, meeting_id: int, kelompok_id: int) -> int:
        on_it = (attendance.c.meeting_id == meeting_id, attendance.c.kelompok_id == kelompok_id)
        statement = select(func.count()).select_from(attendance).where(*on_it, attendance.c.registered)
        return int(self.conn.execute(statement).scalar_one())

    def _mark(self, which: Meeting, kpm_id: KpmId, mark: Mark | None, by: StaffId, why: str) -> Change | None:
        """Write one mark; the same mark again changes nothing. Returns what it was and is."""
        was = self.said(which.id, kpm_id)
        if was.mark is mark or not was.registered:
            return None
        self.conn.execute(
            update(attendance)
            .where(attendance.c.meeting_id == which.id, attendance.c.kpm_id == kpm_id)
            .values(mark=mark.value if mark else None, marked_by=by if mark else None, marked=self.now)
        )
        was_word = was.mark.value if was.mark else "belum diketahui"
        now_word = mark.value if mark else "belum diketahui"
        self.audit.write(f"staff:{by}", "attendance.mark", _subject(which, kpm_id), was_word, now_word, why)
        return was.mark, mark


def _words(answer: Answer, reason: str | None, code: bool) -> str:
    return answer.value + (f" ({reason})" if reason else "") + (" +kode" if code else "")


def _subject(which: Meeting, kpm_id: int) -> str:
    return f"meeting:{which.id}:kpm:{kpm_id}"


def _entry(row: Any, reachable: bool) -> Entry:
    who = kpm_record(row)
    if row.meeting_id is None:
        return Entry(who, reachable=reachable)
    return Entry(
        who,
        Answer(row.answer),
        row.reason,
        row.late,
        row.represented_by,
        row.claimed,
        row.code,
        row.claim_by,
        Mark(row.mark) if row.mark else None,
        StaffId(row.marked_by) if row.marked_by else None,
        row.note,
        reachable,
    )
