"""A thumb or a heart under an invitation or a reminder: it is the yes that it is, about the meeting of that letter."""

from __future__ import annotations

from dataclasses import replace

from data.records import Answer, Meeting, Person
from data.store import Tx
from handlers.attendance.replies import on_button
from handlers.rules.attendance import Claim, Promise, judge_meeting
from handlers.speech import day, ref, say, time
from messages.envelope import Inbound, Kind, Outbound

YES = {"👍", "❤"}
_SHADES = dict.fromkeys([0xFE0F, *range(0x1F3FB, 0x1F400)])
"""Skin colours, and the sign that asks for the coloured picture."""

ASKS = {
    "reminders.meeting.invitation",
    "reminders.meeting.day_before",
    "reminders.meeting.today",
    "reminders.meeting.tomorrow_early",
    "meetings.moved",
    "attendance.next",
    "attendance.next_now",
}
"""The letters that ask whether she comes."""


def on_reaction(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """It promises to come, never that she is there. Anything else under a letter is no answer to it."""
    found = tx.outbox.letter_at(who.address_id, msg.reply_to) if msg.reply_to else None
    if found is None or found[0] not in ASKS or msg.text.translate(_SHADES) not in YES:
        return []
    named = str(found[2].get("ref", ""))
    number, _, _ = named.partition(".")
    meeting = tx.meetings.get(int(number)) if number.isdecimal() else None
    if meeting is None or meeting.cancelled or ref(meeting) != named:
        return []
    if not isinstance(judge_meeting(meeting, msg.at), Promise | Claim):
        return []
    said = [_said(tx, meeting, kpm.id) for kpm in who.kpms if kpm.kelompok_id in meeting.kelompok_ids]
    if not said or set(said) <= {Answer.PROMISED, Answer.CLAIMED}:
        return []  # she has said so in words
    if Answer.DECLINED in said:
        return [say(msg, "attendance.ask_again", day=day(meeting), time=time(meeting), ref=named)]
    return on_button(replace(msg, kind=Kind.BUTTON, button=f"rsvp.yes:{named}", text=""), who, tx)


def _said(tx: Tx, meeting: Meeting, kpm_id: int) -> Answer:
    return tx.attendance.said(meeting.id, kpm_id).answer
