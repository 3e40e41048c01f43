"""What did the pendamping tell of a meeting? One report per meeting and kelompok, with its photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from data.dialect import InsertOnce
from data.schema import kpm, meeting, meeting_kelompok, photo, report, understanding
from data.summary import HELD
from messages.envelope import StaffId

MOST_TRIES = 5
KEPT_THERE = timedelta(days=20)
"""WhatsApp keeps a picture for a month."""

BEGIN = InsertOnce(report, ["meeting_id", "kelompok_id"])


@dataclass(frozen=True, slots=True)
class Report:
    """`venue` are the numbers of what the place lacks; None anywhere means that nobody has said."""

    meeting_id: int
    kelompok_id: int
    done: datetime | None
    speaker: str | None
    venue: Sequence[int] | None
    obstacles: str | None
    follow_up: str | None
    location: str | None

    @property
    def finished(self) -> bool:
        return self.done is not None


class Reports:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    def get(self, meeting_id: int, kelompok_id: int) -> Report | None:
        r = self.conn.execute(select(report).where(_this(meeting_id, kelompok_id))).first()
        if r is None:
            return None
        done = r.done if r.state == "selesai" else None
        return Report(r.meeting_id, r.kelompok_id, done, r.speaker, r.venue, r.obstacles, r.follow_up, r.location)

    def begin(self, meeting_id: int, kelompok_id: int, by: StaffId) -> None:
        """A draft, unless there is one; a finished report becomes a draft again."""
        values = {"meeting_id": meeting_id, "kelompok_id": kelompok_id, "by_staff_id": by, "begun": self.now}
        if not BEGIN(self.conn, values):
            self.tell(meeting_id, kelompok_id, state="konsep", by_staff_id=by)

    def tell(self, meeting_id: int, kelompok_id: int, **values: Any) -> None:
        self.conn.execute(update(report).where(_this(meeting_id, kelompok_id)).values(**values))

    def finish(self, meeting_id: int, kelompok_id: int) -> None:
        """Where the photo was taken is not needed any longer."""
        self.tell(meeting_id, kelompok_id, state="selesai", done=self.now, location=None)

    # --- photos

    def add_photo(self, meeting_id: int, kelompok_id: int, channel: str, media: str | None) -> None:
        values = {"meeting_id": meeting_id, "kelompok_id": kelompok_id, "channel": channel, "media": media}
        self.conn.execute(insert(photo), {**values, "at": self.now})

    def add_picture(self, meeting_id: int, kelompok_id: int, content: bytes) -> None:
        """One that came by the page, and is here already."""
        values = {"meeting_id": meeting_id, "kelompok_id": kelompok_id, "channel": "dasbor", "content": content}
        self.conn.execute(insert(photo), {**values, "at": self.now})

    def picture(self, meeting_id: int, kelompok_id: int, photo_id: int) -> bytes | None:
        found = select(photo.c.content).where(photo.c.id == photo_id, _taken(meeting_id, kelompok_id))
        return self.conn.execute(found).scalar()

    def drop_photo(self, meeting_id: int, kelompok_id: int, photo_id: int) -> bool:
        gone = delete(photo).where(photo.c.id == photo_id, _taken(meeting_id, kelompok_id))
        return self.conn.execute(gone).rowcount > 0

    def photos(self, meeting_id: int, kelompok_id: int) -> list[Any]:
        return list(self.conn.execute(select(photo).where(_taken(meeting_id, kelompok_id)).order_by(photo.c.id)))

    def count_photos(self, meeting_id: int, kelompok_id: int) -> int:
        found = select(func.count()).select_from(photo).where(_taken(meeting_id, kelompok_id))
        return int(self.conn.execute(found).scalar_one())

    def drop_photos(self, meeting_id: int, kelompok_id: int) -> None:
        self.conn.execute(delete(photo).where(_taken(meeting_id, kelompok_id)))

    def photos_waiting(self, limit: int) -> list[Any]:
        """Photos whose picture is still at the platform; after a few tries, or when the platform has forgotten it, no
        longer."""
        waiting = and_(photo.c.media.is_not(None), photo.c.tries < MOST_TRIES)
        recent = photo.c.at > self.now - KEPT_THERE
        statement = select(photo.c.id, photo.c.channel, photo.c.media).where(waiting, recent)
        return list(self.conn.execute(statement.order_by(photo.c.tries, photo.c.id).limit(limit)))

    def keep_picture(self, photo_id: int, content: bytes | None) -> None:
        """The picture, after which the platform's name for it is forgotten; None when a try failed."""
        values: dict[Any, Any] = {photo.c.tries: photo.c.tries + 1}
        if content is not None:
            values |= {photo.c.content: content, photo.c.media: None}
        self.conn.execute(update(photo).where(photo.c.id == photo_id).values(values))

    # --- who has not told yet

    def missing(self, since: datetime, until: datetime) -> list[tuple[int, int]]:
        """(meeting, kelompok) that was held in [since, until) and whose report is not finished."""
        on = and_(
            report.c.meeting_id == meeting.c.id,
            report.c.kelompok_id == meeting_kelompok.c.kelompok_id,
            report.c.state == "selesai",
        )
        rows = self.conn.execute(
            select(meeting.c.id, meeting_kelompok.c.kelompok_id)
            .select_from(meeting.join(meeting_kelompok, meeting_kelompok.c.meeting_id == meeting.c.id))
            .outerjoin(report, on)
            .where(
                meeting.c.ends >= since,
                meeting.c.ends < until,
                meeting.c.cancelled.is_(False),
                HELD,
                report.c.meeting_id.is_(None),
            )
            .order_by(meeting.c.id, meeting_kelompok.c.kelompok_id)
        )
        return [(r.id, r.kelompok_id) for r in rows]

    def levels(self, meeting_id: int, kelompok_id: int) -> dict[str, int]:
        """How many families the pendamping put on each level of understanding."""
        rows = self.conn.execute(
            select(understanding.c.level, func.count())
            .join(kpm, kpm.c.id == understanding.c.kpm_id)
            .where(understanding.c.meeting_id == meeting_id, kpm.c.kelompok_id == kelompok_id)
            .group_by(understanding.c.level)
        )
        return {level: int(number) for level, number in rows}


def _this(meeting_id: int, kelompok_id: int) -> Any:
    return and_(report.c.meeting_id == meeting_id, report.c.kelompok_id == kelompok_id)


def _taken(meeting_id: int, kelompok_id: int) -> Any:
    return and_(photo.c.meeting_id == meeting_id, photo.c.kelompok_id == kelompok_id)
