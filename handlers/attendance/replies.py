"""A family writes or taps about a meeting: which meeting, and is it sure?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from data.records import Answer, Kpm, Meeting, Person
from data.store import Tx
from handlers import handover
from handlers.attendance.answering import ASKED, REASON, answer, nothing_live
from handlers.attendance.each import tells_apart
from handlers.attendance.situation import Situation
from handlers.attendance.who import ask_who, meant, named, words
from handlers.rules.attendance import Claim, Promise, judge_meeting
from handlers.speech import REASONS, day, names_of, not_theirs, ref, say, time, what
from messages.envelope import Inbound, Outbound
from messages.reading import Expecting, Reading, read

PRESENCE = {"will_attend", "cannot_attend", "maybe", "late", "represented", "present", "yes", "no", "done", "not_yet"}
WAITS = timedelta(hours=12)
_BARE_CODE = re.compile(r"\W*\d{4}\W*")
MENU_REASONS = {"1": "sakit", "2": "kerja", "3": "tanpa_rinci", "lainnya": "tanpa_rinci", "lain": "tanpa_rinci"}


# --- what she wrote


def on_reading(msg: Inbound, who: Person, tx: Tx, now: Situation, reading: Reading) -> list[Outbound]:
    """A reading that is about being there. Doubt is asked once more, never counted."""
    if not now.of((Promise, Claim)):
        return nothing_live(msg, who, tx, now)
    if now.expecting is Expecting.NONE:
        return on_next(msg, who, tx)
    if not reading.sure:
        return on_unread(msg, who, tx, now)
    live = now.of(Claim) if now.expecting is Expecting.CHECKIN else [i for i in now.of(Promise) if i in now.told]
    if _BARE_CODE.fullmatch(msg.text):
        reading = Reading(reading.meaning, {**reading.details, "only_code": True}, reading.sure)
    kpms = [kpm for kpm in who.kpms if kpm.id in live]
    if _speaks_of_others(kpms, tx, reading):
        return handover.pass_on(msg, who, tx, "unread", msg.text, meeting=now.meeting)
    for_whom = meant(kpms, msg.text, reading)
    if for_whom is None:
        return ask_who(msg, who, tx, kpms, now.verdicts, reading)
    said = answer(msg, who, tx, for_whom, now.verdicts, reading, msg.at)
    if reading.details.get("question"):
        said += handover.pass_on(msg, who, tx, "question", msg.text, meeting=now.meeting)
    return said


def _speaks_of_others(kpms: Sequence[Kpm], tx: Tx, reading: Reading) -> bool:
    """'Wati hadir' from somebody else's phone is news for the pendamping, and no claim of hers."""
    said = set(reading.details.get("names", ()))
    if not said or any(said & words(kpm.name) for kpm in kpms):
        return False
    neighbours = [kpm for k in sorted({kpm.kelompok_id for kpm in kpms}) for kpm in tx.people.families(k)]
    return any(said & words(kpm.name) for kpm in neighbours)


# --- buttons

_TAPPED = {"rsvp.yes": "will_attend", "rsvp.no": "cannot_attend", "rsvp.maybe": "maybe", "here": "present"}


def on_button(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A tap on an invitation: it names its meeting and revision, and counts only for a family of that meeting."""
    act, _, target = (msg.button or "").partition(":")
    if act == "who":
        hers = target in {"all", *(str(kpm.id) for kpm in who.kpms)}
        return [say(msg, "attendance.stale") if hers else not_theirs(msg, "attendance.stale")]
    number, _, revision = target.partition(".")
    meeting = tx.meetings.get(int(number)) if number.isdecimal() and len(number) < 15 else None
    mine = [kpm for kpm in who.kpms if meeting is not None and kpm.kelompok_id in meeting.kelompok_ids]
    reasons = act.startswith("reason.")
    if meeting is None or not mine or not (reasons or act in _TAPPED):
        return [not_theirs(msg)]
    if meeting.cancelled:
        return [say(msg, "attendance.cancelled_meeting", names=names_of(mine))]
    if revision != str(meeting.revision):
        return [say(msg, "attendance.stale")]
    if reasons:
        return _keep_reason(msg, who, tx, meeting, mine, act.removeprefix("reason."))
    verdict = judge_meeting(meeting, msg.at)
    if not isinstance(verdict, Promise | Claim):
        return handover.after_meeting(msg, who, tx, mine, meeting)
    reading = Reading(_TAPPED[act], {}, True)
    verdicts = {kpm.id: verdict for kpm in mine}
    if len(mine) > 1:
        return ask_who(msg, who, tx, mine, verdicts, reading)
    return answer(msg, who, tx, mine, verdicts, reading, msg.at)


# --- the reason afterwards, the next meeting, what cannot be read


def on_reason(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """The answer to 'karena apa?', which may be anything; None when the line is about something else."""
    meeting = tx.meetings.get(waiting["meeting"])
    mine = [kpm for kpm in who.kpms if kpm.id in waiting["ids"]]
    if meeting is None or meeting.cancelled or not mine:
        return None
    others = [kpm for kpm in who.kpms if kpm not in mine]
    if msg.button is not None or tells_apart(msg, who, tx) or named(others, msg.text):
        return None
    reason = MENU_REASONS.get(msg.text.strip().lower().rstrip(".!"))
    reading = read(msg.text, Expecting.RSVP)
    if reason is None and reading.meaning in {"cannot_attend", "unknown"}:
        reason = reading.details.get("reason")
    if reason is None and reading.meaning == "unknown":
        tx.sessions.end(who.address_id, REASON)
        return handover.pass_on(msg, who, tx, "unread", msg.text, meeting=meeting)
    return _keep_reason(msg, who, tx, meeting, mine, reason) if reason else None


def _keep_reason(
    msg: Inbound, who: Person, tx: Tx, meeting: Meeting, kpms: Sequence[Kpm], reason: str
) -> list[Outbound]:
    declined = [k for k in kpms if tx.attendance.said(meeting.id, k.id).answer is Answer.DECLINED]
    if reason not in REASONS or not declined:
        return [say(msg, "attendance.stale")]
    tx.sessions.end(who.address_id, REASON)
    for kpm in declined:
        tx.attendance.keep_answer(meeting, kpm, Answer.DECLINED, f"address:{who.address_id}", reason=reason)
    return [say(msg, "attendance.reason_kept", names=names_of(declined), reason=REASONS[reason])]


def on_next(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """JADWAL from a family: its next meeting, and the question that goes with it."""
    return _coming(msg, who, tx) or [say(msg, "attendance.no_meeting", names=names_of(who.kpms))]


def on_late(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """The same for who agrees after the invitations have gone out, and was not told."""
    return [
        letter
        for letter in _coming(msg, who, tx, invited=True)
        if letter.about and not tx.outbox.told(letter.about, letter.kpms)
    ]


def _coming(msg: Inbound, who: Person, tx: Tx, *, invited: bool = False) -> list[Outbound]:
    letters = []
    for kelompok_id in sorted({kpm.kelompok_id for kpm in who.kpms}):
        meeting = tx.meetings.current_or_next(kelompok_id, msg.at)
        kpms = [kpm for kpm in who.kpms if kpm.kelompok_id == kelompok_id]
        if meeting is not None and (meeting.step > 0 or not invited):
            said = {"names": names_of(kpms), "what": what(meeting), "time": time(meeting), "place": meeting.place}
            params = {**said, "ref": ref(meeting)}
            about, ids = f"meeting:{meeting.id}", [kpm.id for kpm in kpms]
            if isinstance(judge_meeting(meeting, msg.at), Claim):
                letters.append(Outbound(msg.sender, "attendance.next_now", params, about=about, kpms=ids))
            else:
                params["day"] = day(meeting)
                letters.append(Outbound(msg.sender, "attendance.next", params, about=about, kpms=ids))
    return letters


def on_unread(msg: Inbound, who: Person, tx: Tx, now: Situation) -> list[Outbound]:
    """Not understood: one question with buttons; the second time the pendamping gets the words as written."""
    meeting = now.meeting
    if now.expecting is Expecting.NONE or meeting is None or tx.sessions.get(who.address_id, ASKED):
        tx.sessions.end(who.address_id, ASKED)
        return handover.pass_on(msg, who, tx, "unread", msg.text, meeting=meeting)
    tx.sessions.keep(who.address_id, ASKED, {}, WAITS)
    if now.expecting is Expecting.CHECKIN:
        return [say(msg, "attendance.ask_again_here", ref=ref(meeting))]
    return [say(msg, "attendance.ask_again", day=day(meeting), time=time(meeting), ref=ref(meeting))]
