"""What does LAPORAN ask, and in which order? Five short questions; every one may be left out and filled in later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.records import Kelompok, Meeting, Person
from data.reports import Report
from data.store import Tx
from handlers.reports.facts import facts_of
from handlers.reports.keeping import MOST_PHOTOS
from handlers.rules.reports import VENUE, siks_text, venue_words
from handlers.speech import say, when
from messages.envelope import Inbound, Outbound

TOPIC = "laporan"
OPEN_FOR = timedelta(hours=12)
STEPS = ("photo", "speaker", "venue", "obstacles", "follow_up", "check")
FREE_TEXT = {"speaker", "obstacles", "follow_up"}
"""Here a line that begins like a command is still an answer."""


def ask(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], step: str) -> list[Outbound]:
    """Wait at `step` and say its question, with what is written down already."""
    tx.sessions.keep(who.address_id, TOPIC, {**waiting, "step": step}, OPEN_FOR)
    meeting, kelompok, report = opened(tx, waiting)
    about = {"kelompok": kelompok.name, "when": when(meeting)}
    match step:
        case "photo":
            count = tx.reports.count_photos(meeting.id, kelompok.id)
            return [say(msg, "reports.ask.photo", **about, count=str(count), most=str(MOST_PHOTOS))]
        case "speaker":
            return [say(msg, "reports.ask.speaker", before=_before(report.speaker))]
        case "venue":
            shown = "\n".join(f"{number} {name}" for number, name in enumerate(VENUE, 1))
            known = _before(venue_words(report.venue))
            return [say(msg, "reports.ask.venue", place=meeting.place, checks=shown, before=known)]
        case "obstacles":
            return [say(msg, "reports.ask.obstacles", before=_before(report.obstacles))]
        case "follow_up":
            return [say(msg, "reports.ask.follow_up", before=_before(report.follow_up))]
        case _:
            return check(msg, tx, meeting, kelompok)


def check(msg: Inbound, tx: Tx, meeting: Meeting, kelompok: Kelompok) -> list[Outbound]:
    """What the report says so far, and what is missing."""
    text = siks_text(facts_of(tx, meeting, kelompok))
    photos = tx.reports.count_photos(meeting.id, kelompok.id)
    lacking = [*text.missing, *([] if photos else ["foto"])]
    words = f"Belum tercatat: {', '.join(lacking)}." if lacking else "Semua bagian tercatat."
    return [
        written(msg, tx, meeting, kelompok),
        say(msg, "reports.check", kelompok=kelompok.name, count=str(photos), warnings=words),
    ]


def written(msg: Inbound, tx: Tx, meeting: Meeting, kelompok: Kelompok) -> Outbound:
    """The two texts for SIKS-NG, to be copied."""
    text = siks_text(facts_of(tx, meeting, kelompok))
    sizes = {"length": str(len(text.name)), "total": str(len(text.description))}
    return say(msg, "reports.siks", title=text.name, text=text.description, **sizes)


def opened(tx: Tx, waiting: Mapping[str, Any]) -> tuple[Meeting, Kelompok, Report]:
    """What the open conversation is about."""
    meeting = tx.meetings.get(waiting["meeting"])
    report = tx.reports.get(waiting["meeting"], waiting["kelompok"])
    if meeting is None or report is None:
        raise LookupError("a report without its meeting")
    return meeting, tx.people.kelompok(waiting["kelompok"]), report


def after(step: str) -> str:
    return STEPS[STEPS.index(step) + 1]


def _before(value: str | None) -> str:
    return f" Sudah tercatat: {value}." if value else ""
