"""What do we hold about a family, and how is every trace of it taken away while the totals stay right?

One table of policies for everything that points to a family; a test finds a table that nobody put into it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, Text, and_, cast, delete, func, insert, or_, select, update

from data.records import FamilyStatus
from data.schema import (
    address,
    attendance,
    broadcast_kpm,
    broadcast_owed,
    consent,
    event,
    family_month,
    identity,
    invitation,
    kpm,
    kpm_address,
    member,
    metadata,
    obligation,
    outbox,
    outbox_kpm,
    phone_message,
    practice,
    proposal_vote,
    question,
    question_step,
    quiz,
    quiz_card,
    report,
    school_month,
    session,
    staff_address,
    understanding,
    visit,
)

NOBODY = "(dihapus)"
"""The name that stands in old registers instead of hers."""

LEAVING, LEFT_AT_THE_LATEST = "erased", timedelta(days=30)
"""A number that serves nobody any more and still waits for our last word to it."""

SECTIONS: Mapping[str, Table] = {
    "anggota": member,
    "kehadiran": attendance,
    "pertanyaan": question,
    "kuis": quiz,
    "pemahaman": understanding,
    "praktik": practice,
    "soal yang diulang": quiz_card,
    "kewajiban": obligation,
    "undangan nomor": invitation,
    "bulan": family_month,
    "siaran": broadcast_kpm,
    "usul waktu": proposal_vote,
    "catatan kunjungan": visit,
    "sidik NIK/KK": identity,
}
"""What is shown and handed over, by its Indonesian name; letters, numbers and consents come beside it."""

KEPT = {attendance, family_month, quiz, understanding, practice}
"""These stay without her name, so that totals stay right: they point to a family that is nobody now."""

BLANKED: Mapping[Table, Mapping[str, Any]] = {
    attendance: {"reason": None, "represented_by": None, "note": None, "claim_by": None},
}
"""Words in them that could still say who she was."""


@dataclass(frozen=True, slots=True)
class Held:
    """Everything about one family, as plain values."""

    kpm_id: int
    name: str
    sections: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def counts(self) -> Mapping[str, int]:
        return {title: len(rows) for title, rows in self.sections.items()}


class Rights:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    # --- show

    def families_at(self, value: str) -> list[int]:
        """The families behind a number, on whatever channel."""
        rows = self.conn.execute(
            select(kpm_address.c.kpm_id)
            .join(address, address.c.id == kpm_address.c.address_id)
            .where(or_(address.c.value == value, address.c.value == value.lstrip("+")))
            .distinct()
            .order_by(kpm_address.c.kpm_id)
        )
        return list(rows.scalars())

    def held(self, kpm_id: int) -> Held:
        """Raises LookupError when there is no such family."""
        who = self.conn.execute(select(kpm).where(kpm.c.id == kpm_id)).mappings().first()
        if who is None:
            raise LookupError(f"there is no family {kpm_id}")
        sections: dict[str, Sequence[Mapping[str, Any]]] = {"keluarga": [_plain(who)]}
        for title, table in SECTIONS.items():
            rows = self.conn.execute(select(table).where(table.c.kpm_id == kpm_id)).mappings()
            sections[title] = [_plain(row) for row in rows]
        sections["langkah"] = self._rows(
            select(question_step).join(question, question.c.id == question_step.c.question_id),
            question.c.kpm_id == kpm_id,
        )
        sections["nomor"] = self._rows(
            select(address).join(kpm_address, kpm_address.c.address_id == address.c.id), kpm_address.c.kpm_id == kpm_id
        )
        sections["persetujuan"] = self._rows(
            select(consent).join(kpm_address, kpm_address.c.address_id == consent.c.address_id),
            kpm_address.c.kpm_id == kpm_id,
        )
        sections["kehadiran sekolah"] = self._rows(
            select(school_month).join(member, member.c.id == school_month.c.member_id), member.c.kpm_id == kpm_id
        )
        sections["surat"] = self._rows(
            select(outbox.c.id, outbox.c.key, outbox.c.text, outbox.c.state, outbox.c.sent).join(
                outbox_kpm, outbox_kpm.c.outbox_id == outbox.c.id
            ),
            outbox_kpm.c.kpm_id == kpm_id,
        )
        return Held(kpm_id, who["name"], sections)

    def _rows(self, statement: Any, where: Any) -> Sequence[Mapping[str, Any]]:
        return [_plain(row) for row in self.conn.execute(statement.where(where)).mappings()]

    # --- erase

    def erase(self, kpm_id: int) -> None:
        """Take every trace away. Attendance and quizzes stay counted, of a family that is nobody; backups made before
        still hold her, and say from when they are. The caller writes the audit and tells the pendamping."""
        name = self.conn.execute(select(kpm.c.name).where(kpm.c.id == kpm_id)).scalar_one()
        only_hers, shared = self._addresses(kpm_id)
        self._letters(kpm_id, [*only_hers, *shared], only_hers)
        for table in _pointing_at(kpm):
            if table in KEPT:
                if values := BLANKED.get(table):
                    self.conn.execute(update(table).where(table.c.kpm_id == kpm_id).values(**values))
            elif table is not outbox_kpm:
                self.conn.execute(delete(table).where(table.c.kpm_id == kpm_id))
        self._named_to_staff(name)
        self._forget_addresses(only_hers)
        self.conn.execute(
            update(kpm)
            .where(kpm.c.id == kpm_id)
            .values(name=NOBODY, id_kpm=None, born=None, ketua=False, status=FamilyStatus.NONAKTIF.value)
        )

    def _addresses(self, kpm_id: int) -> tuple[list[int], list[int]]:
        """(served her only, shared with others)."""
        ids = list(self.conn.execute(select(kpm_address.c.address_id).where(kpm_address.c.kpm_id == kpm_id)).scalars())
        others = select(kpm_address.c.address_id).where(
            kpm_address.c.address_id.in_(ids), kpm_address.c.kpm_id != kpm_id
        )
        staffs = select(staff_address.c.address_id).where(staff_address.c.address_id.in_(ids))
        shared = set(self.conn.execute(others.union(staffs)).scalars())
        return [i for i in ids if i not in shared], sorted(shared)

    def _letters(self, kpm_id: int, addresses: Collection[int], only_hers: Collection[int]) -> None:
        """What waits is cancelled; what was said keeps that it was said, and loses its words. Letters for her and
        for others on the phone they share lose them too: the names in them are not only theirs."""
        about_her = or_(
            outbox.c.id.in_(select(outbox_kpm.c.outbox_id).where(outbox_kpm.c.kpm_id == kpm_id)),
            and_(outbox.c.address_id.in_(addresses), outbox.c.state != "queued"),
            outbox.c.address_id.in_(only_hers),
        )
        # A file that was still to follow does not: on a phone that others share it is theirs too, and stays owed.
        theirs = select(outbox.c.id).where(outbox.c.address_id.in_(only_hers))
        self.conn.execute(delete(broadcast_owed).where(broadcast_owed.c.outbox_id.in_(theirs)))
        waiting = and_(about_her, outbox.c.state == "queued")
        self.conn.execute(update(outbox).where(waiting).values(state="cancelled"))
        self._blank(about_her)
        on_its_way = select(outbox.c.id).where(outbox.c.state == "sending")
        self.conn.execute(
            delete(outbox_kpm).where(outbox_kpm.c.kpm_id == kpm_id, outbox_kpm.c.outbox_id.not_in(on_its_way))
        )

    def _named_to_staff(self, name: str) -> None:
        """Letters to staff that speak of her, or of a namesake, lose their words: lists, questions, reports."""
        said = or_(
            outbox.c.text.contains(name, autoescape=True),
            _as_text(outbox.c.params).contains(name, autoescape=True),
            _as_text(outbox.c.attachment).contains(name, autoescape=True),
        )
        self._blank(and_(outbox.c.address_id.in_(select(staff_address.c.address_id)), said))
        for told, room in ((report.c.obstacles, 300), (report.c.follow_up, 300), (report.c.speaker, 120)):
            without = func.substr(func.replace(told, name, NOBODY), 1, room)
            self.conn.execute(update(report).where(told.contains(name, autoescape=True)).values({told: without}))

    def _forget_addresses(self, ids: Collection[int]) -> None:
        for row in self.conn.execute(select(address.c.id, address.c.value).where(address.c.id.in_(ids))).all():
            self.conn.execute(delete(session).where(session.c.address_id == row.id))
            self.conn.execute(delete(consent).where(consent.c.address_id == row.id))
            self.conn.execute(delete(question).where(question.c.address_id == row.id))
            self.conn.execute(delete(invitation).where(invitation.c.used_by == row.id))
            self._forget_events(row.value)
            waits = {"address_id": row.id, "topic": LEAVING, "memory": {}, "at": self.now}
            self.conn.execute(insert(session).values(**waits, expires=self.now + LEFT_AT_THE_LATEST))

    def _forget_events(self, value: str) -> None:
        for row in self.conn.execute(select(event).where(event.c.state == "failed")).all():
            if (row.raw or {}).get("sender", {}).get("value") == value:
                this = and_(event.c.account == row.account, event.c.event == row.event)
                self.conn.execute(update(event).where(this).values(state="done", raw=None, error=None))

    def sweep(self) -> None:
        """The last word has been said: now the number goes too, and the words of what was on its way."""
        leaving = select(session.c.address_id).where(session.c.topic == LEAVING)
        busy = select(outbox.c.address_id).where(outbox.c.state.in_(["queued", "sending"]))
        left = select(address.c.id, address.c.value).where(address.c.id.in_(leaving), address.c.id.not_in(busy))
        for row in self.conn.execute(left).all():
            self.conn.execute(delete(phone_message).where(phone_message.c.value.in_([row.value, f"+{row.value}"])))
            self.conn.execute(delete(session).where(session.c.address_id == row.id))
            # The row itself stays for the letters that were counted.
            nobody = {"value": f"dihapus-{row.id}", "heard": None}
            self.conn.execute(update(address).where(address.c.id == row.id).values(**nobody))
            self._blank(outbox.c.address_id == row.id)
        erased = select(outbox_kpm.c.outbox_id).join(kpm, kpm.c.id == outbox_kpm.c.kpm_id).where(kpm.c.name == NOBODY)
        self._blank(and_(outbox.c.id.in_(erased), outbox.c.text.is_not(None)))

    def _blank(self, which: Any) -> None:
        over = and_(which, outbox.c.state.not_in(["queued", "sending"]))
        self.conn.execute(update(outbox).where(over).values(text=None, params={}, attachment=None))


def _as_text(column: Any) -> Any:
    return cast(column, Text)


def _pointing_at(target: Table) -> list[Table]:
    """Every table whose `kpm_id` points to a family, those first that others point to last."""
    return [
        table
        for table in reversed(metadata.sorted_tables)
        if "kpm_id" in table.c and any(key.column.table is target for key in table.c.kpm_id.foreign_keys)
    ]


def _plain(row: Mapping[Any, Any]) -> Mapping[str, Any]:
    """A digest says nothing to her, and would join two files that nobody may join."""
    return {str(name): _said(value) for name, value in row.items() if name != "digest"}


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
