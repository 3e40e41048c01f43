"""'HADIR Wati, Aminah': the ketua hands in claims for her own kelompok, and they are marked as hers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from data.records import Answer, Kpm, Meeting, Person
from data.store import Tx
from handlers import handover
from handlers.attendance.situation import judge
from handlers.rules.attendance import NoMeeting, Promise, TooLate, check_in_opens
from handlers.speech import day, names_of, say
from messages import spoken
from messages.envelope import Inbound, Outbound
from messages.reading import Expecting, read

_LIST = re.compile(r"^\s*(?:hadir|hdr)\b[\s:,]*(?P<after>.+)$|^\s*(?P<before>.+?)\s+(?:hadir|hdr)\W*$", re.I | re.S)
_TITLES = re.compile(r"\b(?:bu|ibu|pak|bapak|nenek|kakek|acil|mba|mbak)\b\.?", re.IGNORECASE)
UNKNOWN_SHOWN = 3


def on_ketua(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """None when she is no ketua, or when it names nobody else of her own kelompok."""
    ketua = next((kpm for kpm in who.kpms if kpm.ketua), None)
    found = _LIST.match(msg.text)
    if ketua is None or found is None:
        return None
    named, unknown = _by_name(found["after"] or found["before"], tx.people.families(ketua.kelompok_id))
    if not named and unknown and read(msg.text, Expecting.RSVP).details.get("names"):
        return [say(msg, "attendance.ketua.nobody", names=names_of([ketua]), unknown=_shown(unknown))]
    if not any(kpm.id not in {k.id for k in who.kpms} for kpm in named):
        return None
    verdict = judge(ketua.kelompok_id, tx, msg.at)
    if isinstance(verdict, TooLate):
        return handover.after_meeting(msg, who, tx, [ketua], verdict.meeting)
    if isinstance(verdict, NoMeeting):
        return [say(msg, "attendance.no_meeting", names=names_of([ketua]))]
    if isinstance(verdict, Promise):
        opens = spoken.clock_zone(check_in_opens(verdict.meeting).astimezone(verdict.meeting.zone))
        when = {"day": day(verdict.meeting), "opens": opens}
        return [say(msg, "attendance.ketua.not_open", names=names_of([ketua]), **when)]
    for kpm in named:
        _claim(tx, verdict.meeting, kpm, ketua, who, msg.at)
    params = {"names": names_of([ketua]), "who": names_of(named)}
    if unknown:
        return [say(msg, "attendance.ketua.unknown", **params, unknown=_shown(unknown))]
    return [say(msg, "attendance.ketua.kept", **params)]


def _claim(tx: Tx, meeting: Meeting, kpm: Kpm, ketua: Kpm, who: Person, at: datetime) -> None:
    """What a family claimed for itself stays as it is."""
    own = kpm.id in {k.id for k in who.kpms}
    if tx.attendance.said(meeting.id, kpm.id).answer is Answer.CLAIMED:
        return
    by = None if own else f"ketua {ketua.name}"[:80]
    actor = f"address:{who.address_id}"
    tx.attendance.keep_answer(meeting, kpm, Answer.CLAIMED, actor, claimed=at, claim_by=by, why="ketua")


def _by_name(text: str, kpms: Sequence[Kpm]) -> tuple[list[Kpm], list[str]]:
    named: list[Kpm] = []
    unknown: list[str] = []
    for part in re.split(r"[,;\n]|\bdan\b|&", _TITLES.sub(" ", re.sub(r"\d{4}", " ", text)), flags=re.IGNORECASE):
        wanted = " ".join(part.lower().strip(" .!").split())
        if not wanted:
            continue
        fits = [k for k in kpms if k.name.lower() == wanted] or [k for k in kpms if _first(k) == wanted]
        if len(fits) == 1:
            if fits[0] not in named:
                named.append(fits[0])
        else:
            unknown.append(" ".join(part.split()))
    return named, unknown


def _first(kpm: Kpm) -> str:
    return next(iter(kpm.name.lower().split()), "")


def _shown(unknown: Sequence[str]) -> str:
    """As many as fit into a letter."""
    words = [word[:30] for word in unknown[:UNKNOWN_SHOWN]]
    more = len(unknown) - len(words)
    return spoken.listed([*words, f"{more} lagi"] if more else words)
