"""Something urgent while people sleep: the koordinator says whether it may go at once."""

from __future__ import annotations

from data.broadcasts import Broadcast
from data.records import Person, Role, Staff
from data.store import Tx
from handlers.broadcast.files import CALLED
from handlers.broadcast.preview import when_it_goes
from handlers.speech import not_theirs, say
from messages.envelope import Inbound, Outbound, Priority, StaffTo


def ask_koordinators(tx: Tx, one: Broadcast, by: Staff, told: str) -> list[Outbound]:
    """A letter to every koordinator in whose scope all these groups lie."""
    file = tx.broadcasts.files.of(one.id)
    said = f"{one.words} (1 {CALLED[file.sort]} ikut)" if file is not None else one.words
    words = {"pendamping": by.name, "told": told, "audience": one.said, "words": said, "ref": str(one.id)}
    return [
        Outbound(
            StaffTo(person.id), "broadcast.ask", words, once=f"{one.about}:ask:{person.id}", priority=Priority.CHANGE
        )
        for person in tx.people.every_staff()
        if person.role is Role.KOORDINATOR and covers(tx, person, one)
    ]


def covers(tx: Tx, person: Staff, one: Broadcast) -> bool:
    """All its groups lie in this scope."""
    inside = {k.id for k in tx.people.kelompok_in_scope(person)}
    return bool(one.audience.kelompok_ids) and inside.issuperset(one.audience.kelompok_ids)


def may_decide(tx: Tx, who: Staff, one: Broadcast) -> bool:
    """Whether this koordinator is asked about it, and it still waits for the answer."""
    asked = one.night == "asked" and one.state == "waiting"
    return asked and who.role is not Role.PENDAMPING and covers(tx, who, one)


def on_night(msg: Inbound, who: Person, tx: Tx, one: Broadcast, allowed: bool) -> list[Outbound]:
    """Setuju or Tolak: the first answer counts."""
    by = tx.people.staff(one.staff_id)
    if who.staff is None or who.role is Role.PENDAMPING or not covers(tx, who.staff, one):
        return [not_theirs(msg, "broadcast.stale")]
    if by is None or not may_decide(tx, who.staff, one):
        return [say(msg, "broadcast.stale")]
    told = decide(tx, who.staff, by, one, allowed)
    return [say(msg, "broadcast.allowed" if allowed else "broadcast.denied", pendamping=by.name), told]


def decide(tx: Tx, who: Staff, by: Staff, one: Broadcast, allowed: bool) -> Outbound:
    """What is decided is written down; who asked is told."""
    night = "allowed" if allowed else "refused"
    due = max(tx.now, one.created)
    tx.broadcasts.change(one.id, night=night, **({"due": due} if allowed else {}))
    tx.audit.write(f"staff:{who.id}", "broadcast.night", one.about, "asked", night)
    zone = tx.people.kelompok_in_scope(by)[0].zone
    when = "Dikirim sekarang." if allowed else when_it_goes(tx, one.due, zone, "no")
    answer = "disetujui" if allowed else "ditolak"
    words = {"by": who.name, "answer": answer, "audience": one.said, "when": when}
    return Outbound(StaffTo(by.id), "broadcast.night", words, priority=Priority.CHANGE)
