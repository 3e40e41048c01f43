"""What happens to a meeting, whoever asks for it: created, moved, called off. Chat and command line use the same."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.people import Reach
from data.records import Kelompok, Kind, Meeting, Staff
from data.store import Tx
from handlers.rules.courtesy import change_at
from handlers.rules.reminders import plan
from handlers.speech import day, names_of, ref, time, what
from messages.envelope import KpmId, Outbound, Priority


@dataclass(frozen=True, slots=True)
class Plan:
    """A meeting that is not there yet."""

    kelompoks: Sequence[Kelompok]
    starts: datetime
    ends: datetime
    place: str
    kind: Kind
    session: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Change:
    meeting: Meeting
    letters: Sequence[Outbound]
    told: int


def create(tx: Tx, by: Staff, wanted: Plan) -> Meeting | None:
    """Write it down; None when one of the groups already meets at that very time."""
    ids = [k.id for k in wanted.kelompoks]
    clashes = tx.meetings.clashes(ids, 0, wanted.starts, wanted.ends)
    if any(m.starts == wanted.starts for m in clashes):
        return None
    zone = wanted.kelompoks[0].zone
    meeting = tx.meetings.add(
        wanted.kind,
        wanted.starts,
        wanted.ends,
        zone,
        wanted.place,
        wanted.session,
        wanted.title,
        new_code(),
        wanted.kelompoks[0].pendamping_id or by.id,
        ids,
        plan(wanted.starts, tx.now, zone)[0].at,
    )
    for kelompok_id in meeting.kelompok_ids:
        tx.summary.planned(meeting, kelompok_id)
    tx.audit.write(f"staff:{by.id}", "meeting.created", f"meeting:{meeting.id}", None, meeting.starts.isoformat())
    return meeting


def new_code() -> str:
    """Four digits that nobody guesses from a menu: the meeting's word of proof."""
    return str(1000 + secrets.randbelow(9000))


def told(tx: Tx, meeting: Meeting) -> list[tuple[Reach, list[KpmId]]]:
    """The addresses whose families were told of this meeting, invited or because they asked, with those families."""
    about = f"meeting:{meeting.id}"
    reach = tx.people.reachable(meeting.kelompok_ids)
    return [(r, ids) for r in reach if (ids := [k.id for k in r.kpms if tx.outbox.told(about, [k.id])])]


def move(tx: Tx, by: Staff, meeting: Meeting, starts: datetime, ends: datetime, where: str) -> Change:
    """Everyone who was told is told once and asked again; waiting reminders die; a new revision gets a new plan."""
    knows = told(tx, meeting)
    tx.outbox.cancel_about(f"meeting:{meeting.id}")
    tx.attendance.forget_answers(meeting, f"staff:{by.id}", "jadwal pindah")
    moved = tx.meetings.move(meeting, starts, ends, where, plan(starts, tx.now, meeting.zone)[0].at)
    if moved.month != meeting.month:
        for kelompok_id in meeting.kelompok_ids:
            tx.summary.planned(meeting, kelompok_id, by=-1)
            tx.summary.planned(moved, kelompok_id)
    was, now = f"{meeting.starts.isoformat()} {meeting.place}", f"{moved.starts.isoformat()} {moved.place}"
    tx.audit.write(f"staff:{by.id}", "meeting.moved", f"meeting:{meeting.id}", was, now)
    params = {"ref": ref(moved)}
    letters = _notices(tx, moved, knows, "meetings.moved", f"moved:{moved.id}:{moved.revision}", params, meeting.starts)
    return Change(moved, letters, sum(len(ids) for _, ids in knows))


def call_off(tx: Tx, by: Staff, meeting: Meeting, reason: str) -> Change:
    """Everyone who was told is told once; waiting reminders die; there is no register."""
    knows = told(tx, meeting)
    tx.outbox.cancel_about(f"meeting:{meeting.id}")
    tx.meetings.cancel(meeting, reason)
    for kelompok_id in meeting.kelompok_ids:
        tx.summary.cancelled(meeting, kelompok_id)
    tx.audit.write(f"staff:{by.id}", "meeting.cancelled", f"meeting:{meeting.id}", None, None, reason)
    letters = _notices(tx, meeting, knows, "meetings.cancelled", f"cancelled:{meeting.id}", {}, meeting.starts)
    return Change(meeting, letters, sum(len(ids) for _, ids in knows))


def _notices(
    tx: Tx,
    meeting: Meeting,
    knows: Sequence[tuple[Reach, list[KpmId]]],
    key: str,
    once: str,
    more: dict[str, str],
    before: datetime,
) -> list[Outbound]:
    """`before` is the earliest start anybody may be walking to: the old one or the new one."""
    at = change_at(tx.now, min(before, meeting.starts), meeting.zone, tx.settings.hours())
    return [
        Outbound(
            reach.address,
            key,
            {
                "names": names_of([k for k in reach.kpms if k.id in ids]),
                "what": what(meeting),
                "day": day(meeting),
                "time": time(meeting),
                "place": meeting.place,
                **more,
            },
            once=f"{once}:{reach.address_id}",
            priority=Priority.CHANGE,
            not_before=at,
            expires=meeting.starts,
            about=f"meeting:{meeting.id}",
            unasked=True,
            kpms=ids,
        )
        for reach, ids in knows
    ]
