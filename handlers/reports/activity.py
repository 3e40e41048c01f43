"""What stands in a laporan kegiatan? Parts A to E of the form, each from what is recorded."""

from __future__ import annotations

from base64 import b64encode

from data.records import Kelompok, Meeting
from data.store import Tx
from handlers.reports.facts import facts_of
from handlers.reports.sheet import about, tally
from handlers.rules.reports import siks_text
from messages import spoken
from messages.envelope import Attachment

PROVINCE = "kop.provinsi"
"""The setting with the province: no table knows it."""


def activity_report(tx: Tx, meeting: Meeting, kelompok: Kelompok, *, pictures: bool = False) -> Attachment:
    """With `pictures` it is large: for files, not for letters."""
    photos = tx.reports.photos(meeting.id, kelompok.id)
    told, facts = tx.reports.get(meeting.id, kelompok.id), facts_of(tx, meeting, kelompok)
    entries = tx.attendance.register(meeting, kelompok.id) if facts.participation else []
    text = siks_text(facts)
    begin, end = meeting.local, meeting.ends.astimezone(meeting.zone)
    return Attachment(
        "activity_report",
        {
            **about(tx, meeting, kelompok),
            "number": f"LAP/{meeting.id}/{kelompok.id}/{begin.year}",
            "state": "selesai" if told and told.done else "konsep",
            "province": tx.settings.get(PROVINCE) or "",
            "day": spoken.long_date(begin.date()),
            "starts": spoken.clock_zone(begin),
            "ends": spoken.clock_zone(end),
            "speaker": facts.speaker or "",
            "venue": facts.venue or "",
            "families": len(entries) if facts.participation else None,
            "counts": tally(entries) if facts.participation else {},
            "result": facts.result or "",
            "obstacles": facts.obstacles or "",
            "follow_up": facts.follow_up or "",
            "photos": [spoken.clock_zone(one.at.astimezone(meeting.zone)) for one in photos],
            "pictures": [b64encode(one.content).decode() for one in photos if pictures and one.content],
            "location": (told.location if told else None) or "",
            "name": text.name,
            "description": text.description,
            "missing": list(text.missing),
        },
    )
