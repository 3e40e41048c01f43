"""What does one answer of one family change? The verdict of the clock meets the meaning of the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.attendance import Said
from data.records import Answer, Kpm, Meeting
from data.store import Tx
from handlers.rules.attendance import Claim, Promise
from messages.reading import Reading

FUTURE = {"will_attend", "late", "maybe"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What was remembered for one family."""

    kpm: Kpm
    meeting: Meeting
    answer: Answer
    reason: str | None = None
    late: bool = False
    by: str | None = None
    code: bool = False
    wrong_code: bool = False
    repeated: bool = False


SHARED = "HP bersama"


def keep(
    tx: Tx, kpm: Kpm, verdict: Promise | Claim, reading: Reading, at: datetime, actor: str, *, shared: bool = False
) -> Kept:
    """Remember it; her own message also shows that she was reached. A claim from a phone that several families share
    is shown as one of that phone: it may be the neighbour who stands at the door."""
    meeting = verdict.meeting
    tx.summary.flag(meeting, kpm.kelompok_id, kpm.id, "reached")
    was = tx.attendance.said(meeting.id, kpm.id)
    kept = _claimed(was, kpm, meeting, reading) if isinstance(verdict, Claim) else _promised(kpm, meeting, reading)
    if kept.repeated or (kept.wrong_code and kept.answer is Answer.UNKNOWN):
        return kept
    tx.attendance.keep_answer(
        meeting,
        kpm,
        kept.answer,
        actor,
        reason=kept.reason,
        late=kept.late,
        represented_by=kept.by,
        claimed=at if kept.answer is Answer.CLAIMED else None,
        code=kept.code,
        claim_by=SHARED if shared and kept.answer is Answer.CLAIMED else None,
        why=f"{reading.meaning}",
        was=was,
    )
    return kept


def _promised(kpm: Kpm, meeting: Meeting, reading: Reading) -> Kept:
    match reading.meaning:
        case "cannot_attend" | "no" | "not_yet":
            return Kept(kpm, meeting, Answer.DECLINED, reading.details.get("reason"))
        case "maybe":
            return Kept(kpm, meeting, Answer.MAYBE)
        case "late":
            return Kept(kpm, meeting, Answer.PROMISED, late=True)
        case "represented":
            return Kept(kpm, meeting, Answer.PROMISED, by=_by(reading))
        case _:
            return Kept(kpm, meeting, Answer.PROMISED)


def _claimed(was: Said, kpm: Kpm, meeting: Meeting, reading: Reading) -> Kept:
    if reading.meaning in {"cannot_attend", "no", "not_yet"}:
        return Kept(kpm, meeting, Answer.DECLINED, reading.details.get("reason"))
    if reading.meaning in FUTURE:
        if was.answer is Answer.CLAIMED:
            return Kept(kpm, meeting, Answer.CLAIMED, code=was.code, repeated=True)
        return _promised(kpm, meeting, reading)
    code = str(reading.details.get("code", ""))
    proven = bool(code) and code == meeting.code
    wrong = bool(code) and not proven
    if wrong and reading.details.get("only_code", False):
        return Kept(kpm, meeting, was.answer, wrong_code=True, repeated=True)
    already = was.answer is Answer.CLAIMED and (was.code or not proven)
    by = _by(reading) if reading.meaning == "represented" else None
    return Kept(
        kpm, meeting, Answer.CLAIMED, by=by, code=proven or was.code, wrong_code=wrong, repeated=already and by is None
    )


def _by(reading: Reading) -> str:
    return str(reading.details.get("by") or "keluarga")[:40]
