"""For which of the families on this phone is it? Asked once, and answered by a tap, a name or a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.records import Kpm, Person
from data.store import Tx
from handlers.attendance.answering import REASON, WHO, answer
from handlers.attendance.each import tells_apart
from handlers.rules.attendance import Claim, Promise, Verdict, judge_meeting
from handlers.speech import ref, say
from messages.envelope import Inbound, KpmId, Outbound
from messages.reading import Expecting, Reading, read

WAITS = timedelta(hours=12)
DOUBTFUL = {"cannot_attend", "maybe", "not_yet", "no"}


def meant(kpms: Sequence[Kpm], text: str, reading: Reading) -> Sequence[Kpm] | None:
    """For which of the families on this phone; None when it has to be asked."""
    if len(kpms) == 1 or reading.details.get("all"):
        return kpms
    return named(kpms, text) or None


def named(kpms: Sequence[Kpm], text: str) -> Sequence[Kpm]:
    """The families whose whole name is written, else those of whom one word is; nobody when a word fits two."""
    said = words(text)
    whole = [kpm for kpm in kpms if words(kpm.name) <= said]
    if whole:
        return whole
    part = [kpm for kpm in kpms if words(kpm.name) & said]
    shared = [word for word in said if sum(word in words(kpm.name) for kpm in part) > 1]
    return [] if shared else part


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def ask_who(
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
    if not kpms:
        return None
    if tells_apart(msg, who, tx):
        return None
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
    return answer(msg, who, tx, chosen, verdicts, Reading(waiting["meaning"], waiting["details"], True), at)


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
    if not any(words(kpm.name) & words(msg.text) for kpm in kpms):
        return None
    return named(kpms, _without_doubt(msg.text)) if reading.sure else []


def _without_doubt(text: str) -> str:
    """'Rusmini saja, Siti belum tahu' names Rusmini."""
    parts = re.split(r"[,;.\n]|\b(?:tapi|tp|tagal|nanging)\b", text, flags=re.IGNORECASE)
    return " ".join(part for part in parts if read(part, Expecting.RSVP).meaning not in DOUBTFUL)
