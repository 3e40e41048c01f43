"""Which agenda letters were written? A running number per kabupaten and year; given once, never taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from data.records import Meeting
from data.schema import kabupaten, letter, meeting

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(frozen=True, slots=True)
class Written:
    """One line of the register."""

    number: str
    at: datetime
    about: str
    meeting_id: int
    state: str
    """'berlaku', 'diganti' when the meeting was moved since, 'dibatalkan' when it was called off."""


class Letters:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def number_of(self, which: Meeting, kabupaten_id: int, about: str) -> tuple[str, datetime]:
        """The number of the letter for this meeting as it stands, and its day; given now when there is none."""
        # Two processes that write letters at once wait here for each other.
        self.conn.execute(select(kabupaten.c.id).where(kabupaten.c.id == kabupaten_id).with_for_update())
        this = select(letter.c.number, letter.c.at).where(
            letter.c.meeting_id == which.id, letter.c.revision == which.revision
        )
        if found := self.conn.execute(this).first():
            return found.number, found.at
        local = self.now.astimezone(which.zone)
        last = select(func.max(letter.c.seq)).where(letter.c.kabupaten_id == kabupaten_id, letter.c.year == local.year)
        seq = (self.conn.execute(last).scalar() or 0) + 1
        number = f"LIKE-PKH/P2K2/{seq:03d}/{ROMAN[local.month - 1]}/{local.year}"
        values = {"kabupaten_id": kabupaten_id, "year": local.year, "seq": seq, "at": self.now, "number": number}
        of_meeting = {"meeting_id": which.id, "revision": which.revision, "about": about[:200]}
        self.conn.execute(insert(letter), {**values, **of_meeting})
        return number, self.now

    def register(self) -> Sequence[Written]:
        """Every letter in the order in which the numbers were given."""
        rows = self.conn.execute(
            select(letter, meeting.c.cancelled, meeting.c.revision.label("newest"))
            .join(meeting, meeting.c.id == letter.c.meeting_id)
            .order_by(letter.c.kabupaten_id, letter.c.year, letter.c.seq)
        )
        return [Written(r.number, r.at, r.about, r.meeting_id, _state(r.cancelled, r.revision, r.newest)) for r in rows]


def _state(cancelled: bool, revision: int, newest: int) -> str:
    if revision < newest:
        return "diganti"
    return "dibatalkan" if cancelled else "berlaku"
