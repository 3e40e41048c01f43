"""When shall we meet? Two or three times, shown first, asked of the families, counted, and one of them picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from data.people import Reach
from data.proposals import Proposal
from data.records import Kelompok, Staff
from data.store import Tx
from handlers.meetings.preview import default_end
from handlers.rules.courtesy import PER_WEEK, WEEK, next_allowed
from handlers.rules.dates import DateFault, read_when
from handlers.speech import names_of, pendamping_of
from messages import spoken
from messages.envelope import KpmId, Outbound, Priority

VOTE = "usul_pilih"
TOLD_AFTER = timedelta(hours=24)
MOST = 3

Times = Sequence[tuple[datetime, datetime]]
Words = tuple[str, Mapping[str, object]]
"""A key and its parameters."""


def read_times(words: Sequence[str], at: datetime, kelompok: Kelompok) -> Times | Words:
    """What these words mean, or why they cannot be meant."""
    try:
        times = [_read(one, at, kelompok) for one in words]
    except DateFault as fault:
        return fault.key, fault.params
    if not 2 <= len(times) <= MOST or len({starts for starts, _ in times}) < len(times):
        return "meetings.proposal.how", {"kelompok": kelompok.name}
    return times


def _read(words: str, at: datetime, kelompok: Kelompok) -> tuple[datetime, datetime]:
    read = read_when(words, at.astimezone(kelompok.zone))
    starts = datetime.combine(read.day, read.starts, kelompok.zone)
    return starts, datetime.combine(read.day, read.ends, kelompok.zone) if read.ends else default_end(starts)


def said(starts: datetime, ends: datetime) -> str:
    """'Sabtu 28 November 09.00 WITA'."""
    return f"{spoken.day_and_date(starts.date())} {spoken.clock_zone(starts)}"


def shown(tx: Tx, kelompok: Kelompok, times: Times) -> dict[str, str]:
    """The parameters of `meetings.proposal.preview`."""
    at = next_allowed(tx.now, kelompok.zone, tx.settings.hours())
    local = at.astimezone(kelompok.zone)
    moment = "sekarang" if at <= tx.now else f"{spoken.short_date(local.date())} {spoken.clock(local)}"
    return {
        "kelompok": kelompok.name,
        "lines": "\n".join(f"{number}. {said(*one)}" for number, one in enumerate(times, 1)),
        "told": str(sum(len(kpms) for _, kpms in _to_ask(tx, kelompok))),
        "families": str(len(tx.people.families(kelompok.id))),
        "when": moment,
    }


def _to_ask(tx: Tx, kelompok: Kelompok) -> list[tuple[Reach, list[Any]]]:
    """Who agreed and has room for another letter this week."""
    reach = tx.people.reachable([kelompok.id])
    week = tx.outbox.unasked_since([kpm.id for one in reach for kpm in one.kpms], tx.now - WEEK)
    found = [(one, [kpm for kpm in one.kpms if week.get(kpm.id, 0) < PER_WEEK]) for one in reach]
    return [(one, kpms) for one, kpms in found if kpms]


def propose(tx: Tx, by: Staff, kelompok: Kelompok, times: Times) -> Words | list[Outbound]:
    """The letters that ask; or why it is too late for them."""
    first = min(starts for starts, _ in times)
    if first <= tx.now:
        return "meetings.when.past", {"text": said(first, first)[:40]}
    due = next_allowed(tx.now, kelompok.zone, tx.settings.hours())
    told = min(due + TOLD_AFTER, first - timedelta(hours=1))
    one = tx.proposals.add(by.id, kelompok.id, times, max(told, tx.now), first)
    asked = _to_ask(tx, kelompok)
    for reach, _ in asked:
        tx.sessions.keep(reach.address_id, VOTE, {"proposal": one.id}, first - tx.now)
    tx.audit.write(f"staff:{by.id}", "meeting.proposed", f"kelompok:{kelompok.id}", None, said(*times[0]))
    return [_letter(one, kelompok, reach, kpms, due, times) for reach, kpms in asked]


def _letter(
    one: Proposal, kelompok: Kelompok, reach: Reach, kpms: Sequence[Any], due: datetime, times: Times
) -> Outbound:
    names = ("first", "second", "third")
    words = {name: said(*time) for name, time in zip(names, times, strict=False)}
    words |= {"names": names_of(kpms), "pendamping": pendamping_of(kelompok), "ref": str(one.id)}
    return Outbound(
        reach.address,
        "meetings.proposal.three" if len(times) == MOST else "meetings.proposal.two",
        words,
        once=f"{one.about}:address:{reach.address_id}",
        priority=Priority.REMINDER,
        not_before=due,
        expires=one.expires,
        about=one.about,
        unasked=True,
        kpms=[KpmId(kpm.id) for kpm in kpms],
    )


@dataclass(frozen=True, slots=True)
class Votes:
    """What the families of one kelompok have said so far."""

    one: Proposal
    times: Times
    by_choice: Mapping[int, int]
    asked: int

    @property
    def count(self) -> int:
        return sum(self.by_choice.values())


def votes(tx: Tx, one: Proposal) -> Votes:
    return Votes(one, local(one, tx), tx.proposals.votes(one.id), len(tx.proposals.asked(one)))


def pick(tx: Tx, one: Proposal, choice: int) -> tuple[datetime, datetime]:
    """This one it shall be: nobody else is asked any more. What becomes of it is decided by JADWAL."""
    tx.proposals.close(one.id)
    tx.outbox.cancel_about(one.about)
    return local(one, tx)[choice - 1]


def local(one: Proposal, tx: Tx) -> Times:
    zone = tx.people.kelompok(one.kelompok_id).zone
    return [(starts.astimezone(zone), ends.astimezone(zone)) for starts, ends in one.times]
