"""What is remembered of an answer, and what do we say back? One letter for each meeting that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from data.records import Answer, Kpm, Meeting, Person
from data.store import Tx
from handlers import handover
from handlers.attendance import guessing
from handlers.attendance.keep import Kept, keep
from handlers.attendance.situation import Situation
from handlers.rules.attendance import Claim, NoMeeting, Promise, TooLate, Verdict, check_in_opens
from handlers.speech import REASONS, day, names_of, ref, say, time
from messages import spoken
from messages.envelope import Inbound, KpmId, Outbound
from messages.reading import Expecting, Reading

WHO, REASON, ASKED = "who", "reason", "asked"
"""The questions that may stand open: for whom, why not, and what she meant."""

REASON_WAITS = timedelta(minutes=30)


def answer(
    msg: Inbound,
    who: Person,
    tx: Tx,
    kpms: Sequence[Kpm],
    verdicts: Mapping[KpmId, Verdict],
    reading: Reading,
    at: datetime,
) -> list[Outbound]:
    """Remember what these families said at that moment; what is over becomes a note."""
    live = [(kpm, v) for kpm in kpms if isinstance(v := verdicts.get(kpm.id, NoMeeting()), Promise | Claim)]
    if not live:
        return nothing_live(msg, who, tx, Situation(Expecting.NONE, {kpm.id: verdicts[kpm.id] for kpm in kpms}))
    tx.sessions.end(who.address_id, ASKED)
    tx.sessions.end(who.address_id, REASON)
    said = []
    for meeting_id in dict.fromkeys(verdict.meeting.id for _, verdict in live):
        of_it = [(kpm, verdict) for kpm, verdict in live if verdict.meeting.id == meeting_id]
        said += _answer_one(msg, who, tx, of_it, reading, at)
    return said


def _answer_one(
    msg: Inbound, who: Person, tx: Tx, live: Sequence[tuple[Kpm, Promise | Claim]], reading: Reading, at: datetime
) -> list[Outbound]:
    """Remember what was said about one meeting, and the one letter that says so."""
    verdict, kpms = live[0][1], [kpm for kpm, _ in live]
    early, code = isinstance(verdict, Promise), reading.details.get("code")
    if early and code and reading.details.get("only_code"):
        return [_opens(msg, "attendance.code_not_yet", verdict.meeting, kpms)]
    if code and not early and guessing.locked(tx, who.address_id):
        if reading.details.get("only_code"):
            return [say(msg, "attendance.code_enough", names=names_of(kpms), pendamping=handover.pendamping(who, tx))]
        reading = guessing.without_code(reading)
    actor, shared = f"address:{who.address_id}", len(who.kpms) > 1
    kept = [keep(tx, kpm, one, reading, at, actor, shared=shared) for kpm, one in live]
    if early and (code or reading.meaning == "present"):
        return [_opens(msg, "attendance.not_open_yet", verdict.meeting, kpms)]
    told = guessing.count_wrong(tx, who, verdict.meeting) if kept[0].wrong_code else []
    return [_say_kept(msg, who, tx, kept, at), *told]


def _say_kept(msg: Inbound, who: Person, tx: Tx, kept: Sequence[Kept], at: datetime) -> Outbound:
    first = kept[0]
    meeting, names = first.meeting, names_of([k.kpm for k in kept])
    where = {"day": day(meeting), "time": time(meeting), "place": meeting.place}
    if first.wrong_code:
        key = "attendance.wrong_code" if first.repeated else "attendance.wrong_code_claimed"
        return say(msg, key, names=names)
    if all(k.repeated for k in kept):
        return say(msg, "attendance.already_claimed", names=names)
    match first.answer:
        case Answer.DECLINED if first.reason:
            return say(msg, "attendance.declined", names=names, reason=REASONS.get(first.reason, first.reason))
        case Answer.DECLINED:
            memory = {"meeting": meeting.id, "ids": [k.kpm.id for k in kept]}
            tx.sessions.keep(who.address_id, REASON, memory, REASON_WAITS)
            return say(msg, "attendance.declined_why", names=names, ref=ref(meeting))
        case Answer.MAYBE:
            return say(msg, "attendance.maybe", names=names, ref=ref(meeting))
        case Answer.CLAIMED if first.by:
            return say(msg, "attendance.claimed_represented", names=names, by=first.by)
        case Answer.CLAIMED if first.code:
            return say(msg, "attendance.claimed_with_code", names=names)
        case Answer.CLAIMED:
            return say(msg, "attendance.claimed", names=names, time=spoken.clock(at.astimezone(meeting.zone)))
        case _ if first.late:
            return say(msg, "attendance.promised_late", names=names, **where)
        case _ if first.by:
            return say(msg, "attendance.promised_represented", names=names, by=first.by, **where)
        case _:
            return say(msg, "attendance.promised", names=names, **where)


def _opens(msg: Inbound, key: str, meeting: Meeting, kpms: Sequence[Kpm]) -> Outbound:
    opens = spoken.clock_zone(check_in_opens(meeting).astimezone(meeting.zone))
    return say(msg, key, names=names_of(kpms), day=day(meeting), opens=opens)


def nothing_live(msg: Inbound, who: Person, tx: Tx, now: Situation) -> list[Outbound]:
    if over := now.of(TooLate):
        meeting = now.meeting
        assert meeting is not None  # noqa: S101  TooLate carries one
        return handover.after_meeting(msg, who, tx, [k for k in who.kpms if k.id in over], meeting)
    return [say(msg, "attendance.no_meeting", names=names_of(who.kpms))]
