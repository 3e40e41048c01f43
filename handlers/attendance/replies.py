"""A family answers about a meeting: which meeting, for whom, and what do we say back?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.records import Answer, Kpm, Meeting, Person
from data.store import Tx
from handlers import handover
from handlers.attendance.keep import Kept, keep
from handlers.attendance.situation import Situation
from handlers.rules.attendance import Claim, NoMeeting, Promise, TooLate, Verdict, check_in_opens, judge_meeting
from handlers.speech import REASONS, day, names_of, ref, say, time, what
from messages import spoken
from messages.envelope import Inbound, KpmId, Outbound
from messages.reading import Expecting, Reading, read

PRESENCE = {"will_attend", "cannot_attend", "maybe", "late", "represented", "present", "yes", "no", "done", "not_yet"}
WHO, REASON, ASKED = "who", "reason", "asked"
WAITS = timedelta(hours=12)
REASON_WAITS = timedelta(minutes=30)
_BARE_CODE = re.compile(r"\W*\d{4}\W*")
MENU_REASONS = {"1": "sakit", "2": "kerja", "3": "tanpa_rinci", "lainnya": "tanpa_rinci", "lain": "tanpa_rinci"}


# --- what she wrote


def on_reading(msg: Inbound, who: Person, tx: Tx, now: Situation, reading: Reading) -> list[Outbound]:
    """A reading that is about being there. Doubt is asked once more, never counted."""
    if not now.of((Promise, Claim)):
        return _nothing_live(msg, who, tx, now)
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
    meant = _meant(kpms, msg.text, reading)
    if meant is None:
        return _ask_who(msg, who, tx, kpms, now.verdicts, reading)
    said = _answer(msg, who, tx, meant, now.verdicts, reading, msg.at)
    if reading.details.get("question"):
        said += handover.pass_on(msg, who, tx, "question", msg.text, meeting=now.meeting)
    return said


def _speaks_of_others(kpms: Sequence[Kpm], tx: Tx, reading: Reading) -> bool:
    """'Wati hadir' from somebody else's phone is news for the pendamping, and no claim of hers."""
    said = set(reading.details.get("names", ()))
    if not said or any(said & _words(kpm.name) for kpm in kpms):
        return False
    neighbours = [kpm for k in sorted({kpm.kelompok_id for kpm in kpms}) for kpm in tx.people.families(k)]
    return any(said & _words(kpm.name) for kpm in neighbours)


def _nothing_live(msg: Inbound, who: Person, tx: Tx, now: Situation) -> list[Outbound]:
    if over := now.of(TooLate):
        meeting = now.meeting
        assert meeting is not None  # noqa: S101  TooLate carries one
        return handover.after_meeting(msg, who, tx, [k for k in who.kpms if k.id in over], meeting)
    return [say(msg, "attendance.no_meeting", names=names_of(who.kpms))]


def _meant(kpms: Sequence[Kpm], text: str, reading: Reading) -> Sequence[Kpm] | None:
    """For which of the families on this phone; None when it has to be asked."""
    if len(kpms) == 1 or reading.details.get("all"):
        return kpms
    return _named(kpms, text) or None


def _named(kpms: Sequence[Kpm], text: str) -> Sequence[Kpm]:
    """The families whose whole name is written, else those of whom one word is; nobody when a word fits two."""
    said = _words(text)
    whole = [kpm for kpm in kpms if _words(kpm.name) <= said]
    if whole:
        return whole
    part = [kpm for kpm in kpms if _words(kpm.name) & said]
    shared = [word for word in said if sum(word in _words(kpm.name) for kpm in part) > 1]
    return [] if shared else part


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _ask_who(
    msg: Inbound, who: Person, tx: Tx, kpms: Sequence[Kpm], verdicts: Mapping[KpmId, Verdict], reading: Reading
) -> list[Outbound]:
    """What was said is kept with the meeting that it was said about, until she tells for whom."""
    live = {kpm.id: v.meeting for kpm in kpms if isinstance(v := verdicts[kpm.id], Promise | Claim)}
    memory = {
        "meaning": reading.meaning,
        "details": {k: v for k, v in reading.details.items() if k in {"reason", "code", "by", "only_code"}},
        "meetings": {str(kpm_id): ref(meeting) for kpm_id, meeting in live.items()},
        "at": msg.at.isoformat(),
    }
    tx.sessions.end(who.address_id, REASON)
    tx.sessions.keep(who.address_id, WHO, memory, WAITS)
    return [_who_question(msg, kpms)]


def _who_question(msg: Inbound, kpms: Sequence[Kpm]) -> Outbound:
    everyone = "Berdua" if len(kpms) == 2 else "Semua"
    options = [(f"who:{kpm.id}", kpm.name[:20]) for kpm in kpms] + [("who:all", everyone)]
    return say(msg, "attendance.who", options=options)


def on_who(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """The answer to 'untuk siapa?'; None when the line is about something else."""
    kpms = [kpm for kpm in who.kpms if str(kpm.id) in waiting["meetings"]]
    chosen = _chosen(msg, kpms)
    if not chosen:
        return chosen if chosen is None else [_who_question(msg, kpms)]
    tx.sessions.end(who.address_id, WHO)
    at = datetime.fromisoformat(waiting["at"])
    verdicts: dict[KpmId, Verdict] = {}
    for kpm in chosen:
        number, _, revision = waiting["meetings"][str(kpm.id)].partition(".")
        meeting = tx.meetings.get(int(number))
        if meeting is None or meeting.cancelled or str(meeting.revision) != revision:
            return [say(msg, "attendance.stale")]
        verdicts[kpm.id] = judge_meeting(meeting, at)
    return _answer(msg, who, tx, chosen, verdicts, Reading(waiting["meaning"], waiting["details"], True), at)


def _chosen(msg: Inbound, kpms: Sequence[Kpm]) -> Sequence[Kpm] | None:
    """The families she picks; nobody when a name fits two; None when the line is about something else."""
    if msg.button is not None:
        if msg.button == "who:all":
            return kpms
        return [kpm for kpm in kpms if msg.button == f"who:{kpm.id}"] or None
    reading = read(msg.text, Expecting.WHO, options=[kpm.name for kpm in kpms])
    if reading.details.get("all") and reading.sure:
        return kpms
    number = reading.details.get("number")
    if number == len(kpms) + 1:
        return kpms
    if isinstance(number, int) and 1 <= number <= len(kpms):
        return [kpms[number - 1]]
    if not any(_words(kpm.name) & _words(msg.text) for kpm in kpms):
        return None
    return _named(kpms, msg.text) if reading.sure else []


# --- buttons


def on_button(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A tap on an invitation: it names its meeting and revision, and counts only for a family of that meeting."""
    act, _, target = (msg.button or "").partition(":")
    if act == "who":
        return [say(msg, "attendance.stale")]
    number, _, revision = target.partition(".")
    meeting = tx.meetings.get(int(number)) if number.isdecimal() and len(number) < 15 else None
    mine = [kpm for kpm in who.kpms if meeting is not None and kpm.kelompok_id in meeting.kelompok_ids]
    if meeting is None or not mine:
        return [say(msg, "attendance.not_yours")]
    if meeting.cancelled:
        return [say(msg, "attendance.cancelled_meeting", names=names_of(mine))]
    if revision != str(meeting.revision):
        return [say(msg, "attendance.stale")]
    if act.startswith("reason."):
        return _keep_reason(msg, who, tx, meeting, mine, act.removeprefix("reason."))
    verdict = judge_meeting(meeting, msg.at)
    if not isinstance(verdict, Promise | Claim):
        return handover.after_meeting(msg, who, tx, mine, meeting)
    meaning = {"rsvp.yes": "will_attend", "rsvp.no": "cannot_attend", "rsvp.maybe": "maybe", "here": "present"}.get(act)
    if meaning is None:
        return [say(msg, "attendance.stale")]
    reading = Reading(meaning, {}, True)
    verdicts = {kpm.id: verdict for kpm in mine}
    if len(mine) > 1:
        return _ask_who(msg, who, tx, mine, verdicts, reading)
    return _answer(msg, who, tx, mine, verdicts, reading, msg.at)


# --- remembering and answering


def _answer(
    msg: Inbound,
    who: Person,
    tx: Tx,
    kpms: Sequence[Kpm],
    verdicts: Mapping[KpmId, Verdict],
    reading: Reading,
    at: datetime,
) -> list[Outbound]:
    live = [(kpm, v) for kpm in kpms if isinstance(v := verdicts.get(kpm.id, NoMeeting()), Promise | Claim)]
    if not live:
        return _nothing_live(msg, who, tx, Situation(Expecting.NONE, {kpm.id: verdicts[kpm.id] for kpm in kpms}))
    tx.sessions.end(who.address_id, ASKED)
    tx.sessions.end(who.address_id, REASON)
    said = []
    for meeting_id in dict.fromkeys(verdict.meeting.id for _, verdict in live):
        of_it = [(kpm, verdict) for kpm, verdict in live if verdict.meeting.id == meeting_id]
        said.append(_answer_one(msg, who, tx, of_it, reading, at))
    return said


def _answer_one(
    msg: Inbound, who: Person, tx: Tx, live: Sequence[tuple[Kpm, Promise | Claim]], reading: Reading, at: datetime
) -> Outbound:
    """Remember what was said about one meeting, and the one letter that says so."""
    verdict, kpms = live[0][1], [kpm for kpm, _ in live]
    early, code = isinstance(verdict, Promise), reading.details.get("code")
    if early and code and reading.details.get("only_code"):
        return _opens(msg, "attendance.code_not_yet", verdict.meeting, kpms)
    kept = [keep(tx, kpm, one, reading, at, f"address:{who.address_id}") for kpm, one in live]
    if early and (code or reading.meaning == "present"):
        return _opens(msg, "attendance.not_open_yet", verdict.meeting, kpms)
    return _say_kept(msg, who, tx, kept, at)


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


# --- the reason afterwards, the next meeting, what cannot be read


def on_reason(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """The answer to 'karena apa?', which may be anything; None when the line is about something else."""
    meeting = tx.meetings.get(waiting["meeting"])
    mine = [kpm for kpm in who.kpms if kpm.id in waiting["ids"]]
    if meeting is None or meeting.cancelled or not mine:
        return None
    if msg.button is not None:
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
            words = {"names": names_of(kpms), "what": what(meeting), "time": time(meeting), "place": meeting.place}
            params = {**words, "ref": ref(meeting)}
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
