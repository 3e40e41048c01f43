"""Which messages of families wait for their pendamping? Urgent ones first, equal ones as one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from data.questions import Question
from data.records import Person, Staff
from data.store import Tx
from handlers.speech import TOPICS, names_of, say
from messages import spoken
from messages.envelope import Inbound, Outbound, Priority, StaffTo

LINES = 12
"""More would not be read on a phone; the rest is counted."""

WORDS = 60
NAMES = 2
STEPS = 20
TOO_LONG = 10
"""Digits: no ticket has so high a number."""

A_WEEK = timedelta(days=7)
MORNING = 8
URGENT = {"urgent": "DARURAT", "loss": "duka"}


def on_list(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """TANYA: everything that waits. TANYA 3: all of one, with what was done about it."""
    assert who.staff is not None  # noqa: S101  the router lets only staff in here
    if rest.isdecimal() and len(rest) < TOO_LONG:
        found = tx.questions.ticket(who.staff, int(rest))
        return [_shown(msg, tx, found)] if found else [say(msg, "questions.staff.not_found")]
    lines = together(tx.questions.tickets_of(who.staff))
    media = _media(msg, who.staff, tx)
    if not lines:
        return [say(msg, "questions.staff.none"), *media]
    lines.sort(key=lambda line: (line[0].kind not in URGENT, line[0].id))
    shown = [_line(tx, line) for line in lines[:LINES]]
    if len(lines) > LINES:
        shown.append(f"dan {len(lines) - LINES} lagi")
    return [say(msg, "questions.staff.list", count=str(len(lines)), lines="\n".join(shown)), *media]


def together(tickets: Sequence[Question]) -> list[list[Question]]:
    """Those that ask the same stand in one line, under the number of the oldest."""
    lines: dict[tuple[str | None, str], list[Question]] = {}
    for ticket in tickets:
        lines.setdefault((ticket.topic, ticket.gist or f"#{ticket.id}"), []).append(ticket)
    return list(lines.values())


def askers(tx: Tx, line: Sequence[Question]) -> str:
    """'Ibu Siti (Melati 3), Ibu Wati (Melati 3) dan 3 keluarga lain'."""
    names = [f"{name_of(tx, one)} ({one.kelompok})" for one in line]
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" dan {more} keluarga lain" if more > 0 else "")


def name_of(tx: Tx, ticket: Question) -> str:
    """The family, or those who share the phone."""
    if ticket.kpm_id is not None and (kpm := tx.people.kpm(ticket.kpm_id)) is not None:
        return kpm.called
    kpms = [kpm for kpm in tx.people.who(ticket.sender).kpms if kpm.kelompok_id == ticket.kelompok_id]
    return names_of(kpms) if kpms else "keluarga"


def _line(tx: Tx, line: Sequence[Question]) -> str:
    first = line[0]
    words = " ".join(first.text.split())
    words = words if len(words) <= WORDS else f"{words[: WORDS - 1]}…"
    about = URGENT.get(first.kind, TOPICS[first.topic or "lain"])
    days = (tx.now - first.at).days
    since = f", {days} hari" if days else ""
    return f'{first.id}. {askers(tx, line)}, {about}{since}: "{words}"'


def _shown(msg: Inbound, tx: Tx, ticket: Question) -> Outbound:
    zone = tx.people.kelompok(ticket.kelompok_id or 0).zone
    done = [
        f"\n{spoken.short_date(step.at.astimezone(zone).date())}: {step.text}{' (terkirim)' if step.told else ''}"
        for step in tx.questions.steps(ticket.id)
    ]
    result = [f"\nHasil: {ticket.result}"] if ticket.result else []
    return say(
        msg,
        "questions.staff.shown",
        number=str(ticket.id),
        who=f"{name_of(tx, ticket)} ({ticket.kelompok})",
        topic=TOPICS[ticket.topic or "lain"],
        state="menunggu" if ticket.open else "selesai",
        text=ticket.text,
        lines="".join([*done[-STEPS:], *result]),
    )


def _media(msg: Inbound, staff: Staff, tx: Tx) -> list[Outbound]:
    """Voice notes and photos of the last week, stickers too: she may want to ask what was in them."""
    came: dict[str, list[str]] = {}
    for one in tx.questions.unread_media(staff, tx.now - A_WEEK):
        came.setdefault(f"{name_of(tx, one)} ({one.kelompok})", []).append(one.text)
    if not came:
        return []
    lines = [f"{who}: {', '.join(dict.fromkeys(what))}" for who, what in came.items()][:LINES]
    return [say(msg, "questions.staff.media_list", lines="; ".join(lines))]


def tick_remind(tx: Tx) -> bool:
    """Once a day, in the morning of each pendamping's own clock: how much still waits from before today."""
    zones = {k.pendamping_id: k.zone for k in tx.people.every_kelompok() if k.pendamping_id is not None}
    for zone in set(zones.values()):
        local = tx.now.astimezone(zone)
        if local.hour != MORNING:
            continue
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        for staff_id, count in tx.questions.waiting_since_before(midnight).items():
            if zones.get(staff_id) == zone:
                reminder = Outbound(
                    StaffTo(staff_id),
                    "questions.staff.open",
                    {"count": str(count)},
                    once=f"open:{local:%Y-%m-%d}:{staff_id}",
                    priority=Priority.REMINDER,
                    expires=midnight + timedelta(hours=20),
                )
                tx.outbox.put(reminder)
    return False
