"""USUL WAKTU: families say which of two or three times suits them, the pendamping picks one, and JADWAL goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from data.proposals import Proposal
from data.records import Kelompok, Person
from data.store import Tx
from handlers import scope
from handlers.meetings import rhythm
from handlers.meetings.draft import DROP, SEND, open_draft
from handlers.meetings.times import VOTE, local, pick, propose, read_times, said, shown, votes
from handlers.speech import names_of, not_theirs, pendamping_of, say
from messages import spoken
from messages.envelope import Inbound, Outbound, Priority, StaffTo

TOPIC = "usul"
OPEN_FOR = timedelta(hours=12)
AT_ONCE = 20


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
    times = read_times(fields[1:], msg.at, kelompok)
    if isinstance(times, tuple):
        return [say(msg, times[0], **times[1])]
    memory = {"kelompok": kelompok.id, "times": [[a.isoformat(), b.isoformat()] for a, b in times]}
    tx.sessions.keep(who.address_id, TOPIC, memory, OPEN_FOR)
    return [say(msg, "meetings.proposal.preview", **shown(tx, kelompok, times))]


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
    letters = propose(tx, who.staff, kelompok, times)
    if isinstance(letters, tuple):
        return [say(msg, letters[0], **letters[1])]
    asked = sum(len(letter.kpms) for letter in letters)
    return [say(msg, "meetings.proposal.sent", kelompok=kelompok.name, told=str(asked)), *letters]


# --- families choose


def on_vote(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A tap: 'vote:12.1'."""
    number, _, choice = (msg.button or "").partition(":")[2].partition(".")
    fits = number.isdecimal() and choice.isdecimal() and len(number) < 15 and len(choice) == 1
    one = tx.proposals.get(int(number)) if fits else None
    if one is None or one.kelompok_id not in {kpm.kelompok_id for kpm in who.kpms}:
        return [not_theirs(msg, "attendance.stale")]
    return _vote(msg, who, tx, one, int(choice)) or [say(msg, "attendance.stale")]


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
    return [say(msg, "meetings.proposal.voted", names=names, when=said(*local(one, tx)[choice - 1]), pendamping=name)]


# --- the pendamping picks


def _votes(msg: Inbound, tx: Tx, one: Proposal, kelompok: Kelompok) -> Outbound:
    found = votes(tx, one)
    lines = [f"{number}. {said(*time)}: {found.by_choice.get(number, 0)}" for number, time in enumerate(found.times, 1)]
    lines += [f"Tidak bisa: {found.by_choice[0]}"] if found.by_choice.get(0) else []
    options = [
        (f"pick:{one.id}.{number}", f"{spoken.short_date(a.date())} {spoken.clock(a)}")
        for number, (a, _) in enumerate(found.times, 1)
    ]
    words = {"kelompok": kelompok.name, "count": str(found.count), "told": str(found.asked), "lines": "\n".join(lines)}
    return say(msg, "meetings.proposal.votes", **words, options=options)


def on_pick(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Becomes a JADWAL whose time is known; nothing is sent before its own preview."""
    number, _, choice = (msg.button or "").partition(":")[2].partition(".")
    one = tx.proposals.get(int(number)) if number.isdecimal() and len(number) < 15 else None
    kelompoks = scope.mine(who, tx)
    kelompok = next((k for k in kelompoks if one is not None and k.id == one.kelompok_id), None)
    if one is None or kelompok is None or not choice.isdecimal() or not 1 <= int(choice) <= len(one.times):
        return [not_theirs(msg, "meetings.draft.nothing")]
    if not one.open:
        return [say(msg, "meetings.proposal.over", kelompok=kelompok.name)]
    starts, ends = pick(tx, one, int(choice))
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
        return [not_theirs(msg, "meetings.draft.nothing")]
    kelompok, one, month = found
    if act == "rhythm.end":
        assert who.staff is not None  # noqa: S101  `mine` looked
        rhythm.forget(tx, who.staff, kelompok)
        return [say(msg, "meetings.rhythm_ended", kelompok=kelompok.name)]
    if act == "rhythm.skip":
        return [say(msg, "meetings.rhythm_skipped", kelompok=kelompok.name)]
    starts, ends = rhythm.moment(one, kelompok, month)
    if starts <= msg.at:
        return [say(msg, "meetings.when.past", text=said(starts, ends)[:40])]
    fields = {"starts": starts.isoformat(), "ends": ends.isoformat(), "place": one.place}
    return open_draft(msg, who, tx, kelompok, fields)
