"""Somebody is in danger, or a family has lost somebody: what is said at once, and who hears of it at any hour?"""

from __future__ import annotations

from collections.abc import Sequence

from data.content import contacts
from data.records import Kpm, Person, Role
from data.store import Tx
from handlers import handover
from handlers.speech import names_of, say
from messages.envelope import Inbound, Outbound, Priority, StaffTo

OBLIGATIONS = "obligations."
"""The keys of the letters that end with a loss."""


def on_danger(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """The same words to everybody, so that nobody who sees the phone learns what was written (issue E, 6)."""
    numbers = contacts.spoken(tx.settings.urgent_contacts())
    if not who.kpms:
        return [say(msg, "urgent.danger_stranger", contacts=numbers)]
    name = handover.pendamping(who, tx)
    answer = say(msg, "urgent.danger", contacts=numbers, pendamping=name[:1].upper() + name[1:])
    return [answer, *_alert(msg, who, tx, "urgent", "urgent.staff.danger"), *_unassigned(who, tx)]


def on_loss(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """One quiet line; the pendamping is told, and what would remind the family of it stops."""
    loss_reported(tx, who.kpms, f"address:{who.address_id}")
    name = handover.pendamping(who, tx)
    answer = say(msg, "urgent.loss", names=names_of(who.kpms), pendamping=name[:1].upper() + name[1:])
    return [answer, *_alert(msg, who, tx, "loss", "urgent.staff.loss")]


def loss_reported(tx: Tx, kpms: Sequence[Kpm], actor: str) -> None:
    """A loss was reported for these families. On a shared phone nobody says whose it is, so all of them are spared
    until the pendamping knows."""
    for kpm in kpms:
        tx.audit.write(actor, "loss.reported", f"kpm:{kpm.id}")
        tx.outbox.cancel_of_kpm(kpm.id, OBLIGATIONS)


def _alert(msg: Inbound, who: Person, tx: Tx, kind: str, key: str) -> list[Outbound]:
    """One ticket for each kelompok on the phone, and a letter before all others; courtesy does not hold it."""
    letters = []
    for kelompok in (tx.people.kelompok(i) for i in sorted({kpm.kelompok_id for kpm in who.kpms})):
        number = handover.keep(who, tx, kind, msg.text, kelompok=kelompok, topic="lain")
        if kelompok.pendamping_id is not None:
            words = {"number": str(number), "who": names_of(who.kpms), "kelompok": kelompok.name}
            params = {**words, "text": handover.shown(msg.text)}
            to = StaffTo(kelompok.pendamping_id)
            letters.append(Outbound(to, key, params, priority=Priority.REPLY, about=f"{handover.ABOUT}{number}"))
    return letters


def _unassigned(who: Person, tx: Tx) -> list[Outbound]:
    """A kelompok without a pendamping: whoever coordinates it hears that, and not what, was written."""
    letters = []
    for kelompok in (tx.people.kelompok(i) for i in sorted({kpm.kelompok_id for kpm in who.kpms})):
        if kelompok.pendamping_id is None:
            names = names_of([kpm for kpm in who.kpms if kpm.kelompok_id == kelompok.id])
            params = {"who": names, "kelompok": f"{kelompok.name} {kelompok.desa}"}
            for staff in tx.people.every_staff():
                mine = staff.role is Role.KOORDINATOR and kelompok.id in {
                    k.id for k in tx.people.kelompok_in_scope(staff)
                }
                if mine:
                    letters.append(Outbound(StaffTo(staff.id), "urgent.staff.danger_unassigned", params))
    return letters
