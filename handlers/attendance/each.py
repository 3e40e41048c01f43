"""Several families of one phone are named in one message, each with an answer of its own: what is kept of it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.records import Kpm, Person
from data.store import Tx
from handlers.attendance.answering import WHO, answer
from handlers.attendance.situation import Situation, situation
from handlers.rules.attendance import Claim, Promise
from messages.envelope import Inbound, Outbound
from messages.reading import ME, Expecting, Reading, read_each

_LAST = {"cannot_attend"}
"""A refusal asks back, so its letter is the last one."""

Said = list[tuple[Reading, list[Kpm]]]


def on_each(msg: Inbound, who: Person, tx: Tx, now: Situation) -> list[Outbound] | None:
    """Every family hears of its own answer; nobody's is kept when one of them is not clear (an empty list); None when
    the message does not tell the families apart."""
    said = told_apart(msg, who, now)
    if not said:
        return None if said is None else []
    tx.sessions.end(who.address_id, WHO)
    return [
        letter
        for reading, kpms in sorted(said, key=lambda one: one[0].meaning in _LAST)
        for letter in answer(msg, who, tx, kpms, now.verdicts, reading, msg.at)
    ]


def tells_apart(msg: Inbound, who: Person, tx: Tx) -> bool:
    """Whether she answers for more than she was asked, and clearly."""
    if len(who.kpms) < 2 or not msg.text:
        return False
    said = told_apart(msg, who, situation(who, tx, msg.at)) or []
    return sum(len(kpms) for _, kpms in said) > 1


def told_apart(msg: Inbound, who: Person, now: Situation) -> Said | None:
    """Which answer goes for whom; the one on this phone who is not named is the one who writes."""
    if now.expecting is Expecting.NONE or len(who.kpms) < 2 or not msg.text:
        return None
    live = now.of(Claim) if now.expecting is Expecting.CHECKIN else [i for i in now.of(Promise) if i in now.told]
    kpms = [kpm for kpm in who.kpms if kpm.id in live]
    found = read_each(msg.text, now.expecting, [kpm.name for kpm in kpms])
    return None if found is None else _grouped(kpms, found)


def _grouped(kpms: Sequence[Kpm], found: Mapping[str, Reading]) -> Said:
    by_name = {kpm.name: kpm for kpm in kpms}
    unnamed = [kpm for kpm in kpms if kpm.name not in found]
    if len(by_name) != len(kpms) or (ME in found and len(unnamed) != 1):
        return []
    said: Said = []
    for name, reading in found.items():
        kpm = unnamed[0] if name == ME else by_name[name]
        same = next((group for other, group in said if other == reading), None)
        if same is None:
            said.append((reading, [kpm]))
        else:
            same.append(kpm)
    return said
