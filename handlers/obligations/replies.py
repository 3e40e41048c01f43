"""SUDAH, BELUM, BUKA: what does a family say of what is due? A word is kept as a word; the pendamping verifies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from data.content.obligations import rules
from data.obligations import Asked, Claim, Item, Member
from data.records import Consent, Kpm, Person, Topic
from data.store import Tx
from handlers.obligations.listing import of_family, on_kewajiban
from handlers.obligations.stopping import settle
from handlers.obligations.wording import bundled, item_of, of_items
from handlers.rules.obligations import Occurrence, late_on, occurrences
from handlers.speech import REASONS, names_of, not_theirs, pendamping_of, say
from messages.envelope import Inbound, Outbound
from messages.reading import Expecting, Reading, read

ANSWERS = timedelta(days=21)
"""How long a letter waits for its answer."""

WHICH, WHY = "kewajiban_mana", "kewajiban_alasan"
ASKED = timedelta(hours=12)
SOON = timedelta(days=7)
"""A letter also names the visits that begin before the next one."""

WHEN = {"today": 0, "yesterday": 1, "last_week": 7, "last_month": 30}
WORDING = "kesehatan-1"
"""The version of the words of `obligations.consent.ask` that an answer belongs to."""


def on_line(msg: Inbound, who: Person, tx: Tx, expecting: Expecting) -> list[Outbound] | None:
    """An answer to the newest reminder, or a bare SUDAH or BELUM; None when the line is about something else."""
    word = msg.text.strip().lower().rstrip(".! ")
    if word == "buka":
        return on_open(msg, who, tx, None)
    bare = word in {"sudah", "belum"}
    asked = _waiting(msg, who, tx)
    if asked is None and not bare:
        return None
    if not is_newest(who, tx) and (expecting is Expecting.RSVP or not bare):
        return None  # the invitation came later: it is what she answers
    reading = read(msg.text, Expecting.OBLIGATION)
    if reading.meaning not in {"done", "not_yet"} or not (reading.sure or asked is not None):
        return None
    items = _open_items(asked.items if asked else _of_now(msg, who, tx), who, tx)
    return _answer(msg, who, tx, items, reading) if items else None


def on_button(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """A button under a letter, also an old one; None for a button of another conversation."""
    name, _, rest = (msg.button or "").partition(":")
    if name in {"ob.consent.yes", "ob.consent.no"}:
        return _keep_consent(msg, who, tx, name == "ob.consent.yes")
    if name not in {"ob.done", "ob.not_yet", "ob.open"} or not rest.isdecimal():
        return None
    asked = tx.obligations.letter(int(rest)) if len(rest) < 15 else None
    if asked is None or asked.address_id != who.address_id:
        return [not_theirs(msg, "obligations.nothing_to_open", names=names_of(who.kpms))]
    if name == "ob.open":
        return on_open(msg, who, tx, asked)
    reading = Reading("done" if name == "ob.done" else "not_yet", sure=True)
    return _answer(msg, who, tx, _open_items(asked.items, who, tx) or list(asked.items), reading)


def on_open(msg: Inbound, who: Person, tx: Tx, asked: Asked | None) -> list[Outbound]:
    """BUKA: the message that waited, for each family that it is for."""
    found = asked or _waiting(msg, who, tx)
    items = _open_items(found.items, who, tx) if found else []
    if found is None or not items:
        return [say(msg, "obligations.nothing_to_open", names=names_of(who.kpms))]
    letters = []
    for kpm in who.kpms:
        day = _day(msg, kpm, tx)
        mine = [item for item in items if item.kpm_id == kpm.id]
        spoken = [pair for item in mine if (pair := _occurrence(item, tx, day))]
        if spoken:
            params = {"names": kpm.called, "what": bundled(spoken, day), "letter": str(found.id)}
            letters.append(say(msg, "obligations.opened", **params))
    # What it was about is over by now: what is due today stands on the list.
    return letters or on_kewajiban(msg, who, tx)


# --- consent of its own


def on_consent(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """Yes or no to reminders of this sort, where that was asked last; None when the line is about something else."""
    if msg.button or tx.obligations.last_unasked(who.address_id) != "obligations.consent.ask":
        return None
    reading = read(msg.text, Expecting.CONSENT)
    if not reading.sure or reading.meaning not in {"yes", "no"}:
        return None
    return _keep_consent(msg, who, tx, reading.meaning == "yes")


def _keep_consent(msg: Inbound, who: Person, tx: Tx, yes: bool) -> list[Outbound]:
    state = Consent.YES if yes else Consent.NO
    was = tx.people.consent_of(who.address_id, Topic.HEALTH)
    where = f"address:{who.address_id}"
    if tx.people.keep_consent(who.address_id, Topic.HEALTH, state, WORDING):
        tx.audit.write(where, "consent.health", where, was, state, WORDING)
    tx.sessions.end(who.address_id, "izin_kewajiban")
    if not yes:
        tx.obligations.waiting.cancel_at(who.address_id)
        return [say(msg, "obligations.consent.no", names=names_of(who.kpms))]
    for kpm in who.kpms:
        tx.obligations.queue.look_again(kpm.id)
    return [say(msg, "obligations.consent.yes", names=names_of(who.kpms))]


# --- what is it about?


def waiting_items(msg: Inbound, who: Person, tx: Tx) -> list[Item]:
    """What the newest reminder asked and nobody has answered."""
    asked = _waiting(msg, who, tx)
    return _open_items(asked.items, who, tx) if asked else []


def _waiting(msg: Inbound, who: Person, tx: Tx) -> Asked | None:
    return tx.obligations.last_asked(who.address_id, (msg.at - ANSWERS).date())


def is_newest(who: Person, tx: Tx) -> bool:
    """The last thing we said to this address by ourselves was a reminder: a bare SUDAH belongs to it."""
    return tx.obligations.last_unasked(who.address_id).startswith("obligations.")


def _open_items(items: Sequence[Item], who: Person, tx: Tx) -> list[Item]:
    """Those of the families on this phone of which nothing is settled yet."""
    mine = {kpm.id for kpm in who.kpms}
    kept = tx.obligations.kept(mine)
    found = []
    for item in items:
        known = kept.get((item.member_id, item.series, item.occurrence))
        if item.kpm_id in mine and not (known and known.settled):
            found.append(item)
    return found


def _of_now(msg: Inbound, who: Person, tx: Tx) -> list[Item]:
    """What is due now, where no letter asked."""
    found = []
    for kpm in who.kpms:
        members, kept = tx.obligations.members([kpm.id])[kpm.id], tx.obligations.kept([kpm.id])
        found += [item_of(one) for one, _, _ in of_family(members, kept, _day(msg, kpm, tx))]
    return found


def _day(msg: Inbound, kpm: Kpm, tx: Tx) -> date:
    return msg.at.astimezone(tx.people.kelompok(kpm.kelompok_id).zone).date()


def _occurrence(item: Item, tx: Tx, day: date) -> tuple[Occurrence, bool] | None:
    """The thing itself as it stands today, and whether it is late; None when it no longer concerns anybody."""
    member = tx.obligations.member(item.member_id)
    if member is None:
        return None
    for one in [*occurrences(member, day, day + SOON), *late_on(member, day)]:
        if (one.rule.shared, one.key) == (item.series, item.occurrence):
            return one, one.is_late(day)
    return None


# --- the answer


def _answer(msg: Inbound, who: Person, tx: Tx, items: Sequence[Item], reading: Reading) -> list[Outbound]:
    """One thing, one member, or all of them are meant; else she is asked which."""
    members = _members(items, tx)
    chosen = _meant(items, members, msg.text, reading)
    if chosen is None:
        details = {k: v for k, v in reading.details.items() if k in {"when", "reason"}}
        memory = {"meaning": reading.meaning, "details": details, "items": [_packed(item) for item in items]}
        tx.sessions.keep(who.address_id, WHICH, memory, ASKED)
        return [_which(msg, items, members)]
    return _keep(msg, who, tx, chosen, reading)


def _meant(items: Sequence[Item], members: Mapping[int, Member], text: str, reading: Reading) -> Sequence[Item] | None:
    who = list(dict.fromkeys(item.member_id for item in items))
    if len(who) == 1 or reading.details.get("all"):
        return items
    said = set(text.lower().replace(",", " ").split())
    named = [i for i in who if i in members and set(members[i].name.lower().split()) & said]
    return [item for item in items if item.member_id in named] if named else None


def _which(msg: Inbound, items: Sequence[Item], members: Mapping[int, Member]) -> Outbound:
    options = [(f"ob.member:{i}", members[i].name[:20]) for i in dict.fromkeys(item.member_id for item in items)]
    return say(msg, "obligations.which", options=[*options, ("ob.member:all", "Semua")])


def on_which(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """'Yang mana?': a tap, a name, a number, or 'semua'."""
    items = [_unpacked(row) for row in waiting["items"]]
    members = _members(items, tx)
    ids = list(dict.fromkeys(item.member_id for item in items))
    word = msg.text.strip().lower().rstrip(".!")
    chosen: list[int] = []
    if msg.button == "ob.member:all" or word in {"semua", "semuanya", str(len(ids) + 1)}:
        chosen = ids
    elif msg.button:
        chosen = [i for i in ids if msg.button == f"ob.member:{i}"]
    elif word.isdecimal() and 1 <= int(word) <= len(ids):
        chosen = [ids[int(word) - 1]]
    else:
        chosen = [i for i in ids if set(members[i].name.lower().split()) & set(word.split())]
    if not chosen:
        return None
    tx.sessions.end(who.address_id, WHICH)
    reading = Reading(waiting["meaning"], waiting["details"], True)
    return _keep(msg, who, tx, [item for item in items if item.member_id in chosen], reading)


def _keep(msg: Inbound, who: Person, tx: Tx, items: Sequence[Item], reading: Reading) -> list[Outbound]:
    members = _members(items, tx)
    kpm = next(kpm for kpm in who.kpms if kpm.id == items[0].kpm_id)
    kelompok = tx.people.kelompok(kpm.kelompok_id)
    day = _day(msg, kpm, tx)
    concerned = [one for one in who.kpms if one.id in {item.kpm_id for item in items}]
    words = {"names": names_of(concerned), "pendamping": pendamping_of(kelompok)}
    actor = f"address:{who.address_id}"
    if reading.meaning == "done":
        done_on = day - timedelta(days=WHEN.get(str(reading.details.get("when")), 0))
        begun = [item for item in items if item.member_id in members and _has_begun(item, members[item.member_id], day)]
        items = [_at(item, members[item.member_id], done_on) for item in begun or items]
        for item in items:
            _claim(tx, item, Claim.DONE, actor, done_on=done_on)
        settle(tx, {item.kpm_id for item in items})
        return [say(msg, "obligations.done", what=of_items(items, list(members.values())), **words)]
    reason = reading.details.get("reason")
    for item in items:
        _claim(tx, item, Claim.NOT_DONE, actor, reason=str(reason) if reason else None)
    what = of_items(items, list(members.values()))
    if reason:
        spoken = REASONS.get(str(reason), str(reason))
        return [say(msg, "obligations.not_yet_why", what=what, reason=spoken, **words)]
    tx.sessions.keep(who.address_id, WHY, {"items": [_packed(item) for item in items]}, ASKED)
    return [say(msg, "obligations.not_yet", what=what, **words)]


def on_why(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """The reason behind a BELUM, where the next line gives one."""
    if msg.button or not msg.text:
        return None
    reading = read(msg.text, Expecting.OBLIGATION)
    if reading.meaning != "not_yet" or "reason" not in reading.details:
        return None
    tx.sessions.end(who.address_id, WHY)
    return _keep(msg, who, tx, [_unpacked(row) for row in waiting["items"]], reading)


def _claim(
    tx: Tx, item: Item, said: Claim, actor: str, *, done_on: date | None = None, reason: str | None = None
) -> None:
    if tx.obligations.just_said(item, said, actor, done_on, reason):
        return
    was = tx.obligations.claim(item, said, actor, done_on=done_on, reason=reason)
    subject = f"member:{item.member_id}:{item.series}:{item.occurrence}"
    tx.audit.write(actor, "obligation.claim", subject, was, said, reason or "kata keluarga")


def _has_begun(item: Item, member: Member, day: date) -> bool:
    """A visit of next week cannot have been made."""
    ahead = {one.name for one in occurrences(member, day, day + SOON) if one.due_from > day}
    return (item.member_id, item.series, item.occurrence) not in ahead


def _at(item: Item, member: Member, done_on: date) -> Item:
    """'Sudah bulan lalu' is about last month's, not about this one's."""
    rule = rules()[item.rule]
    for one in occurrences(member, done_on, done_on):
        if one.rule.shared == rule.shared and one.is_due(done_on) and one.key != item.occurrence and not rule.of:
            return replace(item, rule=one.rule.id, occurrence=one.key)
    return item


def _members(items: Sequence[Item], tx: Tx) -> dict[int, Member]:
    every = tx.obligations.members({item.kpm_id for item in items})
    return {member.id: member for mine in every.values() for member in mine}


def _packed(item: Item) -> list[Any]:
    return [int(item.kpm_id), item.member_id, item.rule, item.series, item.occurrence]


def _unpacked(row: Sequence[Any]) -> Item:
    return Item(*row)
