"""A family answers about a meeting: which meeting, for whom, and what do we say back?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from data.records import Answer, Kpm, Meeting, Person
from data.store import Tx
from handlers import handover
from handlers.attendance.keep import Kept, keep
from handlers.rules.attendance import Claim, NoMeeting, Promise, TooLate, Verdict, check_in_opens, judge_hadir
from handlers.speech import REASONS, day, names_of, ref, say, time
from messages import spoken
from messages.envelope import Inbound, KpmId, Outbound
from messages.reading import Expecting, Reading, read

PRESENCE = {"will_attend", "cannot_attend", "maybe", "late", "represented", "present", "yes", "no", "done", "not_yet"}
WHO, REASON, ASKED = "who", "reason", "asked"
WAITS = timedelta(hours=12)
REASON_WAITS = timedelta(minutes=30)
_BARE_CODE = re.compile(r"\W*\d{4}\W*")
MENU_REASONS = {"1": "sakit", "2": "kerja", "3": "tanpa_rinci"}


@dataclass(frozen=True, slots=True)
class Situation:
    """What an address may be talking about now: the reading's context, and the verdict for each of its families."""

    expecting: Expecting
    verdicts: Mapping[KpmId, Verdict]

    def of(self, kinds: type | tuple[type, ...]) -> list[KpmId]:
        return [i for i, verdict in self.verdicts.items() if isinstance(verdict, kinds)]

    @property
    def meeting(self) -> Meeting | None:
        verdicts = [v for v in self.verdicts.values() if not isinstance(v, NoMeeting)]
        verdicts.sort(key=lambda v: (not isinstance(v, Claim), not isinstance(v, Promise)))
        return verdicts[0].meeting if verdicts else None


def situation(who: Person, tx: Tx, at: datetime) -> Situation:
    """A meeting in check-in is what she talks about; else one that she has been told of."""
    verdicts: dict[KpmId, Verdict] = {}
    by_kelompok: dict[int, Verdict] = {}
    for kpm in who.kpms:
        if kpm.kelompok_id not in by_kelompok:
            by_kelompok[kpm.kelompok_id] = _judge(kpm.kelompok_id, tx, at)
        verdicts[kpm.id] = by_kelompok[kpm.kelompok_id]
    if any(isinstance(v, Claim) for v in verdicts.values()):
        return Situation(Expecting.CHECKIN, verdicts)
    ids = [kpm.id for kpm in who.kpms]
    told = any(isinstance(v, Promise) and tx.outbox.told(f"meeting:{v.meeting.id}", ids) for v in by_kelompok.values())
    return Situation(Expecting.RSVP if told else Expecting.NONE, verdicts)


def _judge(kelompok_id: int, tx: Tx, at: datetime) -> Verdict:
    current = tx.meetings.current_or_next(kelompok_id, at)
    if current is not None and check_in_opens(current) <= at:
        return Claim(current)
    return judge_hadir(current, tx.meetings.last(kelompok_id, at), at)


# --- what she wrote


def on_reading(msg: Inbound, who: Person, tx: Tx, now: Situation, reading: Reading) -> list[Outbound]:
    """A reading that is about being there. Doubt is asked once more, never counted."""
    live = now.of((Promise, Claim))
    if not live:
        return _nothing_live(msg, who, tx, now)
    if now.expecting is Expecting.NONE:
        return on_next(msg, who, tx)
    if not reading.sure:
        return on_unread(msg, who, tx, now)
    if now.expecting is Expecting.CHECKIN:
        live = now.of(Claim)
    if _BARE_CODE.fullmatch(msg.text):
        reading = Reading(reading.meaning, {**reading.details, "only_code": True}, reading.sure)
    meant = _meant([kpm for kpm in who.kpms if kpm.id in live], reading)
    if meant is None:
        return _ask_who(msg, who, tx, [kpm for kpm in who.kpms if kpm.id in live], reading)
    return _answer(msg, who, tx, meant, now.verdicts, reading, msg.at)


def _nothing_live(msg: Inbound, who: Person, tx: Tx, now: Situation) -> list[Outbound]:
    if over := now.of(TooLate):
        meeting = now.meeting
        assert meeting is not None  # noqa: S101  TooLate carries one
        return handover.after_meeting(msg, who, tx, [k for k in who.kpms if k.id in over], meeting)
    return [say(msg, "attendance.no_meeting", names=names_of(who.kpms))]


def _meant(kpms: Sequence[Kpm], reading: Reading) -> Sequence[Kpm] | None:
    """For which of the families on this phone; None when it has to be asked."""
    if len(kpms) == 1 or reading.details.get("all"):
        return kpms
    named = [kpm for kpm in kpms if set(kpm.name.lower().split()) & set(reading.details.get("names", ()))]
    return named or None


def _ask_who(msg: Inbound, who: Person, tx: Tx, kpms: Sequence[Kpm], reading: Reading) -> list[Outbound]:
    memory = {
        "meaning": reading.meaning,
        "details": {k: v for k, v in reading.details.items() if k in {"reason", "code", "by", "only_code"}},
        "ids": [kpm.id for kpm in kpms],
        "at": msg.at.isoformat(),
    }
    tx.sessions.keep(who.address_id, WHO, memory, WAITS)
    everyone = "Berdua" if len(kpms) == 2 else "Semua"
    options = [(f"who:{kpm.id}", kpm.name[:20]) for kpm in kpms] + [("who:all", everyone)]
    return [say(msg, "attendance.who", options=options)]


def on_who(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """The answer to 'untuk siapa?'; None when the line is about something else."""
    kpms = [kpm for kpm in who.kpms if kpm.id in waiting["ids"]]
    chosen = _chosen(msg, kpms)
    if not chosen:
        return None
    tx.sessions.end(who.address_id, WHO)
    at = datetime.fromisoformat(waiting["at"])
    verdicts = situation(who, tx, at).verdicts
    return _answer(msg, who, tx, chosen, verdicts, Reading(waiting["meaning"], waiting["details"], True), at)


def _chosen(msg: Inbound, kpms: Sequence[Kpm]) -> Sequence[Kpm]:
    if msg.button is not None:
        if msg.button == "who:all":
            return kpms
        return [kpm for kpm in kpms if msg.button == f"who:{kpm.id}"]
    reading = read(msg.text, Expecting.WHO, options=[kpm.name for kpm in kpms])
    if reading.details.get("all") or reading.details.get("number") == len(kpms) + 1:
        return kpms
    number = reading.details.get("number")
    if isinstance(number, int) and 1 <= number <= len(kpms):
        return [kpms[number - 1]]
    words = set(re.findall(r"\w+", msg.text.lower()))
    return [kpm for kpm in kpms if set(kpm.name.lower().split()) & words]


# --- buttons


def on_button(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A tap on an invitation: it names its meeting and revision, and counts only for a family of that meeting."""
    act, _, target = (msg.button or "").partition(":")
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
    verdict = judge_hadir(meeting, None, msg.at) if msg.at <= meeting.ends else TooLate(meeting)
    if not isinstance(verdict, Promise | Claim):
        return handover.after_meeting(msg, who, tx, mine, meeting)
    meaning = {"rsvp.yes": "will_attend", "rsvp.no": "cannot_attend", "rsvp.maybe": "maybe", "here": "present"}.get(act)
    if meaning is None:
        return [say(msg, "attendance.stale")]
    reading = Reading(meaning, {}, True)
    if len(mine) > 1:
        return _ask_who(msg, who, tx, mine, reading)
    return _answer(msg, who, tx, mine, {kpm.id: verdict for kpm in mine}, reading, msg.at)


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
    actor = f"address:{who.address_id}"
    kept = [keep(tx, kpm, verdict, reading, at, actor) for kpm, verdict in live]
    tx.sessions.end(who.address_id, ASKED)
    early = reading.meaning == "present" and isinstance(live[0][1], Promise)
    if early and reading.details.get("code"):
        return [_opens(msg, "attendance.code_not_yet", kept)]
    if early and msg.button:
        return [_opens(msg, "attendance.not_open_yet", kept)]
    return [_words(msg, who, tx, kept, at)]


def _words(msg: Inbound, who: Person, tx: Tx, kept: Sequence[Kept], at: datetime) -> Outbound:
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
            tx.sessions.keep(
                who.address_id, REASON, {"meeting": meeting.id, "ids": [k.kpm.id for k in kept]}, REASON_WAITS
            )
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


def _opens(msg: Inbound, key: str, kept: Sequence[Kept]) -> Outbound:
    meeting = kept[0].meeting
    opens = spoken.clock_zone(check_in_opens(meeting).astimezone(meeting.zone))
    return say(msg, key, names=names_of([k.kpm for k in kept]), day=day(meeting), opens=opens)


# --- the reason afterwards, the next meeting, what cannot be read


def on_reason(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """The answer to 'karena apa?'; None when the line is about something else."""
    meeting = tx.meetings.get(waiting["meeting"])
    mine = [kpm for kpm in who.kpms if kpm.id in waiting["ids"]]
    if meeting is None or meeting.cancelled or not mine:
        return None
    reason = MENU_REASONS.get(msg.text.strip())
    if reason is None:
        reading = read(msg.text, Expecting.RSVP)
        if reading.meaning in {"cannot_attend", "unknown"}:
            reason = reading.details.get("reason")
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
    letters = []
    for kelompok_id in sorted({kpm.kelompok_id for kpm in who.kpms}):
        meeting = tx.meetings.current_or_next(kelompok_id, msg.at)
        kpms = [kpm for kpm in who.kpms if kpm.kelompok_id == kelompok_id]
        if meeting is not None:
            words = {"names": names_of(kpms), "day": day(meeting), "time": time(meeting), "place": meeting.place}
            params = {**words, "ref": ref(meeting)}
            about = f"meeting:{meeting.id}"
            letters.append(Outbound(msg.sender, "attendance.next", params, about=about, kpms=[k.id for k in kpms]))
    return letters or [say(msg, "attendance.no_meeting", names=names_of(who.kpms))]


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


# --- the ketua hands in claims for her kelompok

_LIST = re.compile(r"^\s*(?:hadir|hdr)\b[\s:,]*(.+)$", re.IGNORECASE | re.DOTALL)
_TITLES = re.compile(r"\b(?:bu|ibu|pak|bapak|nenek|kakek|acil|mba|mbak)\b\.?", re.IGNORECASE)


def on_ketua(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """'HADIR Wati, Aminah' from a ketua kelompok; None when it names nobody else of her own kelompok."""
    ketua = next((kpm for kpm in who.kpms if kpm.ketua), None)
    found = _LIST.match(msg.text)
    if ketua is None or found is None:
        return None
    named, unknown = _by_name(found[1], tx.people.families(ketua.kelompok_id))
    if not any(kpm.id not in {k.id for k in who.kpms} for kpm in named):
        return None
    verdict = _judge(ketua.kelompok_id, tx, msg.at)
    if isinstance(verdict, TooLate):
        return handover.after_meeting(msg, who, tx, [ketua], verdict.meeting)
    if isinstance(verdict, NoMeeting):
        return [say(msg, "attendance.no_meeting", names=names_of([ketua]))]
    if isinstance(verdict, Promise):
        opens = spoken.clock_zone(check_in_opens(verdict.meeting).astimezone(verdict.meeting.zone))
        when = {"day": day(verdict.meeting), "opens": opens}
        return [say(msg, "attendance.ketua.not_open", names=names_of([ketua]), **when)]
    for kpm in named:
        _claim_by_ketua(tx, verdict.meeting, kpm, ketua, who, msg.at)
    params = {"names": names_of([ketua]), "who": names_of(named)}
    if unknown:
        return [say(msg, "attendance.ketua.unknown", **params, unknown=spoken.listed(unknown))]
    return [say(msg, "attendance.ketua.kept", **params)]


def _claim_by_ketua(tx: Tx, meeting: Meeting, kpm: Kpm, ketua: Kpm, who: Person, at: datetime) -> None:
    """A claim marked as hers; what a family claimed for itself stays as it is."""
    own = kpm.id in {k.id for k in who.kpms}
    if tx.attendance.said(meeting.id, kpm.id).answer is Answer.CLAIMED:
        return
    by = None if own else f"ketua {ketua.name}"
    actor = f"address:{who.address_id}"
    tx.attendance.keep_answer(meeting, kpm, Answer.CLAIMED, actor, claimed=at, claim_by=by, why="ketua")


def _by_name(text: str, families: Sequence[Kpm]) -> tuple[list[Kpm], list[str]]:
    named: list[Kpm] = []
    unknown: list[str] = []
    for part in re.split(r"[,;\n]|\bdan\b|&", _TITLES.sub(" ", re.sub(r"\d{4}", " ", text)), flags=re.IGNORECASE):
        wanted = " ".join(part.lower().split())
        if not wanted:
            continue
        fits = [k for k in families if k.name.lower() == wanted] or [
            k for k in families if k.name.lower().split()[0] == wanted
        ]
        if len(fits) == 1:
            if fits[0] not in named:
                named.append(fits[0])
        else:
            unknown.append(" ".join(part.split())[:40])
    return named, unknown
