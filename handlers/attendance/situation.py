"""What may an address be talking about now: which meeting, seen from where on the clock, and was it told of it?"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from data.records import KpmId, Meeting, Person
from data.store import Tx
from handlers.rules.attendance import Claim, NoMeeting, Promise, Verdict, check_in_opens, judge_hadir
from messages.reading import Expecting


@dataclass(frozen=True, slots=True)
class Situation:
    """The context in which words are read, the verdict of the clock for each family, and who was told."""

    expecting: Expecting
    verdicts: Mapping[KpmId, Verdict]
    told: Set[KpmId] = frozenset()

    def of(self, kinds: type | tuple[type, ...]) -> list[KpmId]:
        return [i for i, verdict in self.verdicts.items() if isinstance(verdict, kinds)]

    @property
    def meeting(self) -> Meeting | None:
        verdicts = [v for v in self.verdicts.values() if not isinstance(v, NoMeeting)]
        verdicts.sort(key=lambda v: (not isinstance(v, Claim), not isinstance(v, Promise)))
        return verdicts[0].meeting if verdicts else None


def situation(who: Person, tx: Tx, at: datetime) -> Situation:
    """A meeting in check-in is what she talks about; else one that she has been told of."""
    by_kelompok = {k: judge(k, tx, at) for k in dict.fromkeys(kpm.kelompok_id for kpm in who.kpms)}
    verdicts = {kpm.id: by_kelompok[kpm.kelompok_id] for kpm in who.kpms}
    if any(isinstance(v, Claim) for v in verdicts.values()):
        return Situation(Expecting.CHECKIN, verdicts)
    told: set[KpmId] = set()
    for kelompok_id, verdict in by_kelompok.items():
        ids = [kpm.id for kpm in who.kpms if kpm.kelompok_id == kelompok_id]
        if isinstance(verdict, Promise) and tx.outbox.told(f"meeting:{verdict.meeting.id}", ids):
            told.update(ids)
    return Situation(Expecting.RSVP if told else Expecting.NONE, verdicts, told)


def judge(kelompok_id: int, tx: Tx, at: datetime) -> Verdict:
    current = tx.meetings.current_or_next(kelompok_id, at)
    if current is not None and check_in_opens(current) <= at:
        return Claim(current)
    return judge_hadir(current, tx.meetings.last(kelompok_id, at), at)
