"""What is written into a report, and when is it done? The chat and the page come through here."""

from __future__ import annotations

from collections.abc import Sequence

from data.records import Kelompok, Meeting, Staff
from data.store import Tx
from handlers.rules.reports import TOLD
from messages.privacy import without_long_numbers

SPEAKER = 120
MOST_PHOTOS = 6


def plain(said: str, most: int = TOLD) -> str:
    """One line, cut, and without a number that could be a NIK."""
    return " ".join(without_long_numbers(said.replace("\x00", "")).split())[:most]


def open_report(tx: Tx, by: Staff, meeting: Meeting, kelompok: Kelompok) -> None:
    """A draft; a finished report becomes a draft again, and that is written down."""
    before = tx.reports.get(meeting.id, kelompok.id)
    if before is not None and before.finished:
        tx.audit.write(f"staff:{by.id}", "report.opened", _subject(meeting, kelompok), "selesai", "konsep")
    tx.reports.begin(meeting.id, kelompok.id, by.id)


def tell(
    tx: Tx,
    meeting: Meeting,
    kelompok: Kelompok,
    *,
    speaker: str,
    venue: Sequence[int] | None,
    obstacles: str,
    follow_up: str,
) -> None:
    """Everything at once, as a page sends it; what was left empty is not recorded."""
    tx.reports.tell(
        meeting.id,
        kelompok.id,
        speaker=plain(speaker, SPEAKER) or None,
        venue=None if venue is None else sorted(venue),
        obstacles=plain(obstacles) or None,
        follow_up=plain(follow_up) or None,
    )


def finish(tx: Tx, by: Staff, meeting: Meeting, kelompok: Kelompok) -> None:
    tx.reports.finish(meeting.id, kelompok.id)
    tx.audit.write(f"staff:{by.id}", "report.finished", _subject(meeting, kelompok), "konsep", "selesai")


def add_picture(tx: Tx, meeting: Meeting, kelompok: Kelompok, content: bytes, place: str | None) -> bool:
    """A photo that is small already; False when there are enough. `place` is where it was taken."""
    if tx.reports.count_photos(meeting.id, kelompok.id) >= MOST_PHOTOS:
        return False
    tx.reports.add_picture(meeting.id, kelompok.id, content)
    told = tx.reports.get(meeting.id, kelompok.id)
    if place and told is not None and not told.finished and not told.location:
        tx.reports.tell(meeting.id, kelompok.id, location=place)
    return True


def drop_picture(tx: Tx, by: Staff, meeting: Meeting, kelompok: Kelompok, photo_id: int) -> bool:
    """False when this report has no such photo."""
    gone = tx.reports.drop_photo(meeting.id, kelompok.id, photo_id)
    if gone:
        tx.audit.write(f"staff:{by.id}", "report.photo_dropped", f"{_subject(meeting, kelompok)}:photo:{photo_id}")
    return gone


def _subject(meeting: Meeting, kelompok: Kelompok) -> str:
    return f"meeting:{meeting.id}:kelompok:{kelompok.id}"
