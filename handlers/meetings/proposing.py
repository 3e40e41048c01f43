"""USUL WAKTU: families say which of two or three times suits them, the pendamping picks one, and JADWAL goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.people import Reach
from data.proposals import Proposal
from data.records import Kelompok, Person
from data.store import Tx
from handlers import scope
from handlers.meetings import rhythm
from handlers.meetings.draft import DROP, SEND, open_draft
from handlers.meetings.preview import default_end
from handlers.rules.courtesy import PER_WEEK, WEEK, next_allowed
from handlers.rules.dates import DateFault, read_when
from handlers.speech import names_of, pendamping_of, say
from messages import spoken
from messages.envelope import Inbound, KpmId, Outbound, Priority, StaffTo

TOPIC, VOTE = "usul", "usul_pilih"
OPEN_FOR = timedelta(hours=12)
TOLD_AFTER = timedelta(hours=24)
LIVES = timedelta(days=7)
MOST = 3
AT_ONCE = 20

Times = Sequence[tuple[datetime, datetime]]


def on_usul(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """USUL WAKTU kelompok; waktu; waktu. Without times: what the families chose so far."""
    kelompoks = scope.mine(who, tx)
    if not kelompoks or who.staff is None:
        return [say(msg, "summary.nothing")]
    fields = [part.strip() for part in re.split(r"[;\n]", rest) if part.strip()]
    kelompok = scope.find(fields[0], kelompoks) if fields else None
    if fields and kelompok is None:
        return [say(msg, "meetings.proposal.how", kelompok=kelompoks[0].name)]
    if kelompok is None:
        kelompok = next((k for k in kelompoks if tx.proposals.open_for(k.id)), kelompoks[0])
    if len(fields) < 2:
        found = tx.proposals.open_for(kelompok.id)
        return [
            _votes(msg, tx, found, kelompok) if found else say(msg, "meetings.proposal.how", kelompok=kelompok.name)
        ]
    if not 2 <= len(fields) - 1 <= MOST:
        return [say(msg, "meetings.proposal.how", kelompok=kelompok.name)]
    try:
        times = [_read(words, msg.at, kelompok) for words in fields[1:]]
    except DateFault as fault:
        return [say(msg, fault.key, **fault.params)]
    if len({starts for starts, _ in times}) < len(times):
        return [say(msg, "meetings.proposal.how", kelompok=kelompok.name)]
    memory = {"kelompok": kelompok.id, "times": [[a.isoformat(), b.isoformat()] for a, b in times]}
    tx.sessions.keep(who.address_id, TOPIC, memory, OPEN_FOR)
    return [_preview(msg, tx, kelompok, times)]


def _read(words: str, at: datetime, kelompok: Kelompok) -> tuple[datetime, datetime]:
    read = read_when(words, at.astimezone(kelompok.zone))
    starts = datetime.combine(read.day, read.starts, kelompok.zone)
    return starts, datetime.combine(read.day, read.ends, kelompok.zone) if read.ends else default_end(starts)


def _preview(msg: Inbound, tx: Tx, kelompok: Kelompok, times: Times) -> Outbound:
    at = next_allowed(tx.now, kelompok.zone, tx.settings.hours())
    local = at.astimezone(kelompok.zone)
    moment = "sekarang" if at <= tx.now else f"{spoken.short_date(local.date())} {spoken.clock(local)}"
    return say(
        msg,
        "meetings.proposal.preview",
        kelompok=kelompok.name,
        lines="\n".join(f"{number}. {_said(*one)}" for number, one in enumerate(times, 1)),
        told=str(sum(len(kpms) for _, kpms in _to_ask(tx, kelompok))),
        families=str(len(tx.people.families(kelompok.id))),
        when=moment,
    )


def _said(starts: datetime, ends: datetime) -> str:
    """'Sabtu 28 November 09.00 WITA'."""
    return f"{spoken.day_and_date(starts.date())} {spoken.clock_zone(starts)}"


def _to_ask(tx: Tx, kelompok: Kelompok) -> list[tuple[Reach, list[Any]]]:
    """Who agreed and has room for another letter this week."""
    reach = tx.people.reachable([kelompok.id])
    week = tx.outbox.unasked_since([kpm.id for one in reach for kpm in one.kpms], tx.now - WEEK)
    found = [(one, [kpm for kpm in one.kpms if week.get(kpm.id, 0) < PER_WEEK]) for one in reach]
    return [(one, kpms) for one, kpms in found if kpms]


def on_usul_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """Kirim or Tidak jadi."""
    word = msg.button or msg.text.strip().lower().rstrip(".!")
    kelompok = next((k for k in scope.mine(who, tx) if k.id == waiting["kelompok"]), None)
    if word in DROP or kelompok is None or who.staff is None:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "meetings.draft.dropped")] if word in DROP else None
    if word not in SEND:
        return None
    tx.sessions.end(who.address_id, TOPIC)
    times = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in waiting["times"]]
    first = min(starts for starts, _ in times)
    if first <= tx.now:
        return [say(msg, "meetings.when.past", text=_said(first, first)[:40])]
    due = next_allowed(tx.now, kelompok.zone, tx.settings.hours())
    told = min(due + TOLD_AFTER, first - timedelta(hours=1))
    one = tx.proposals.add(who.staff.id, kelompok.id, times, max(told, tx.now), first)
    letters = [_letter(one, kelompok, reach, kpms, due, times) for reach, kpms in _to_ask(tx, kelompok)]
    for reach, _ in _to_ask(tx, kelompok):
        tx.sessions.keep(reach.address_id, VOTE, {"proposal": one.id}, first - tx.now)
    tx.audit.write(f"staff:{who.staff.id}", "meeting.proposed", f"kelompok:{kelompok.id}", None, _said(*times[0]))
    asked = sum(len(letter.kpms) for letter in letters)
    return [say(msg, "meetings.proposal.sent", kelompok=kelompok.name, told=str(asked)), *letters]


def _letter(
    one: Proposal, kelompok: Kelompok, reach: Reach, kpms: Sequence[Any], due: datetime, times: Times
) -> Outbound:
    names = ("first", "second", "third")
    words = {name: _said(*time) for name, time in zip(names, times, strict=False)}
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


# --- families choose


def on_vote(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A tap: 'vote:12.1'."""
    number, _, choice = (msg.button or "").partition(":")[2].partition(".")
    fits = number.isdecimal() and choice.isdecimal() and len(number) < 15 and len(choice) == 1
    one = tx.proposals.get(int(number)) if fits else None
    said = _vote(msg, who, tx, one, int(choice)) if one is not None else None
    return said or [say(msg, "attendance.stale")]


def on_vote_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """A number, as long as no other letter asked something after the proposal: then it answers that one."""
    one = tx.proposals.get(waiting["proposal"])
    if one is None or not one.open:
        tx.sessions.end(who.address_id, VOTE)
        return None
    choice = scope.small_number(msg.text) if msg.button is None else None
    if choice is None or not tx.proposals.asked_last(one, who.address_id):
        return None
    return _vote(msg, who, tx, one, choice)


def _vote(msg: Inbound, who: Person, tx: Tx, one: Proposal, choice: int) -> list[Outbound] | None:
    kpms = [kpm for kpm in who.kpms if kpm.kelompok_id == one.kelompok_id]
    if not kpms or choice > len(one.times):
        return None
    names, name = names_of(kpms), pendamping_of(tx.people.kelompok(one.kelompok_id))
    if not one.open:
        return [say(msg, "meetings.proposal.closed", names=names)]
    tx.proposals.vote(one.id, [kpm.id for kpm in kpms], choice)
    if choice == 0:
        return [say(msg, "meetings.proposal.none", names=names, pendamping=name)]
    return [say(msg, "meetings.proposal.voted", names=names, when=_said(*_local(one, tx)[choice - 1]), pendamping=name)]


def _local(one: Proposal, tx: Tx) -> Times:
    zone = tx.people.kelompok(one.kelompok_id).zone
    return [(starts.astimezone(zone), ends.astimezone(zone)) for starts, ends in one.times]


# --- the pendamping picks


def _votes(msg: Inbound, tx: Tx, one: Proposal, kelompok: Kelompok) -> Outbound:
    votes, times = tx.proposals.votes(one.id), _local(one, tx)
    lines = [f"{number}. {_said(*time)}: {votes.get(number, 0)}" for number, time in enumerate(times, 1)]
    lines += [f"Tidak bisa: {votes[0]}"] if votes.get(0) else []
    options = [
        (f"pick:{one.id}.{number}", f"{spoken.short_date(a.date())} {spoken.clock(a)}")
        for number, (a, _) in enumerate(times, 1)
    ]
    asked = str(len(tx.proposals.asked(one)))
    count = str(sum(votes.values()))
    words = {"kelompok": kelompok.name, "count": count, "told": asked, "lines": "\n".join(lines)}
    return say(msg, "meetings.proposal.votes", **words, options=options)


def on_pick(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Becomes a JADWAL whose time is known; nothing is sent before its own preview."""
    number, _, choice = (msg.button or "").partition(":")[2].partition(".")
    one = tx.proposals.get(int(number)) if number.isdecimal() and len(number) < 15 else None
    kelompoks = scope.mine(who, tx)
    kelompok = next((k for k in kelompoks if one is not None and k.id == one.kelompok_id), None)
    if one is None or kelompok is None or not choice.isdecimal() or not 1 <= int(choice) <= len(one.times):
        return [say(msg, "meetings.draft.nothing")]
    if not one.open:
        return [say(msg, "meetings.proposal.over", kelompok=kelompok.name)]
    tx.proposals.close(one.id)
    tx.outbox.cancel_about(one.about)
    starts, ends = _local(one, tx)[int(choice) - 1]
    return open_draft(msg, who, tx, kelompok, {"starts": starts.isoformat(), "ends": ends.isoformat()})


def tick_proposals(tx: Tx) -> bool:
    """After a day the pendamping is told how many have chosen."""
    found = tx.proposals.to_tell(AT_ONCE)
    for one in found:
        tx.proposals.told(one.id)
        kelompok = tx.people.kelompok(one.kelompok_id)
        if one.open and kelompok.pendamping_id is not None:
            words = {"kelompok": kelompok.name, "count": str(sum(tx.proposals.votes(one.id).values()))}
            words["told"] = str(len(tx.proposals.asked(one)))
            to, once = StaffTo(kelompok.pendamping_id), f"{one.about}:ready"
            tx.outbox.put(Outbound(to, "meetings.proposal.ready", words, once=once, priority=Priority.REMINDER))
    return len(found) == AT_ONCE


# --- the day of every month


def on_rhythm(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Buat jadwal, Lewati bulan ini, Berhenti mengulang."""
    act, _, ref = (msg.button or "").partition(":")
    found = rhythm.mine(who, tx, ref)
    if found is None:
        return [say(msg, "meetings.draft.nothing")]
    kelompok, one, month = found
    if act == "rhythm.end":
        tx.rhythms.end(kelompok.id)
        return [say(msg, "meetings.rhythm_ended", kelompok=kelompok.name)]
    if act == "rhythm.skip":
        return [say(msg, "meetings.rhythm_skipped", kelompok=kelompok.name)]
    starts, ends = rhythm.moment(one, kelompok, month)
    if starts <= msg.at:
        return [say(msg, "meetings.when.past", text=_said(starts, ends)[:40])]
    fields = {"starts": starts.isoformat(), "ends": ends.isoformat(), "place": one.place}
    return open_draft(msg, who, tx, kelompok, fields)
