"""KEWAJIBAN: what is asked of this family now, in plain words, and which of how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from data.content.obligations import rules
from data.obligations import Item, Kept, Member
from data.records import Kpm, Person
from data.store import Tx
from handlers.obligations.wording import item_of, line
from handlers.rules.obligation_reminders import may_ask
from handlers.rules.obligations import Occurrence, late_on, occurrences, span
from handlers.speech import pendamping_of, say
from messages.envelope import Inbound, Outbound

WHOSE = "kewajiban_siapa"
ASKED = timedelta(hours=2)
ROOM = 200
"""Letters of the lines in one message."""

MOST_LATE = timedelta(days=92)
"""What was missed longer ago is between her and the pendamping."""

Line = tuple[Occurrence, bool, Kept | None]


def on_kewajiban(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Her own family's list; on a phone that serves several families she says whose."""
    if len(who.kpms) > 1:
        tx.sessions.keep(who.address_id, WHOSE, {}, ASKED)
        return [say(msg, "obligations.whose", options=[(f"ob.whose:{kpm.id}", kpm.name[:20]) for kpm in who.kpms])]
    return listing(msg, who, tx, who.kpms[0])


def on_whose(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """A tap, the number or the name; None when the line is about something else."""
    word = msg.text.strip().lower().rstrip(".!")
    for number, kpm in enumerate(who.kpms, 1):
        if msg.button == f"ob.whose:{kpm.id}" or (not msg.button and word in {str(number), kpm.name.lower()}):
            tx.sessions.end(who.address_id, WHOSE)
            return listing(msg, who, tx, kpm)
    return None


def listing(msg: Inbound, who: Person, tx: Tx, kpm: Kpm) -> list[Outbound]:
    kelompok = tx.people.kelompok(kpm.kelompok_id)
    day = msg.at.astimezone(kelompok.zone).date()
    members, kept = tx.obligations.members([kpm.id])[kpm.id], tx.obligations.kept([kpm.id])
    lines = of_family(members, kept, day)
    taught = [words for member in members for words in taught_on(member, day)]
    if not lines and not taught:
        return [say(msg, "obligations.list_empty", names=kpm.called, pendamping=pendamping_of(kelompok))]
    open_items: list[Item] = [item_of(one) for one, _, known in lines if known is None or not known.settled]
    if open_items:
        tx.obligations.asked(who.address_id, day, open_items)
    shown = [f"- {line(one, late, known)}" for one, late, known in lines] + [f"- {words}" for words in taught]
    *first, last = parts(shown)
    letters = [say(msg, "obligations.list", names=kpm.called, lines=part) for part in first]
    key = "obligations.list_end" if open_items else "obligations.list"
    return [*letters, say(msg, key, names=kpm.called, lines=last)]


def of_family(members: Sequence[Member], kept: Mapping[tuple[int, str, str], Kept], day: date) -> list[Line]:
    """What is due now or was missed lately, with what is known of it."""
    found: list[Line] = []
    for member in members:
        due: list[Line] = []
        for one in occurrences(member, day, day):
            if may_ask(one):
                due.append((one, False, kept.get(one.name)))
        named = {one.name for one, _, _ in due}
        for one in late_on(member, day):
            known = kept.get(one.name)
            lately = one.due_to >= day - MOST_LATE and one.name not in named
            if lately and may_ask(one) and not (known and known.settled):
                due.append((one, True, known))
        found += sorted(due, key=lambda entry: (entry[0].due_to, entry[0].rule.id))
    return found


def taught_on(member: Member, day: date) -> list[str]:
    """What is good to do and never asked for."""
    taught = [
        rule.short
        for rule in rules().values()
        if rule.education and (reach := span(rule, member)) and reach[0] <= day <= reach[1]
    ]
    taught += [one.rule.short for one in occurrences(member, day, day) if not may_ask(one)]
    return [short.replace("{nama}", member.name) for short in taught]


def parts(lines: Sequence[str]) -> list[str]:
    """The lines in as many messages as they need."""
    found = [""]
    for text in lines:
        if found[-1] and len(found[-1]) + len(text) + 1 > ROOM:
            found.append("")
        found[-1] = f"{found[-1]}\n{text}".strip()
    return found
