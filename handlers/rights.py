"""INFO DATA, HAPUS DATA: what do we keep about a family, and how does she have it taken away?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.records import FamilyStatus, Kpm, Person
from data.store import Tx
from handlers.handover import pendamping
from handlers.speech import names_of, say
from messages.envelope import Inbound, Outbound, Priority, StaffTo

TOPIC = "hapus_data"
WAITS = timedelta(minutes=15)
CONFIRMS = {"hapus", "ya hapus", "iya hapus"}
MOST_BUTTONS = 3


def on_info(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    return [say(msg, "rights.info", names=names_of(who.kpms), pendamping=pendamping(who, tx))]


def on_hapus(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """It is asked once more; on a shared phone, for whom."""
    ids = [int(kpm.id) for kpm in who.kpms]
    if len(ids) > 1:
        tx.sessions.keep(who.address_id, TOPIC, {"ids": ids, "step": "who"}, WAITS)
        options = [(f"erase:{kpm.id}", kpm.name[:20]) for kpm in who.kpms[:MOST_BUTTONS]]
        return [say(msg, "rights.whose", options=options)]
    tx.sessions.keep(who.address_id, TOPIC, {"ids": ids, "step": "sure"}, WAITS)
    return [say(msg, "rights.sure", names=names_of(who.kpms))]


def on_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """The answer to that; anything but the word itself leaves everything as it is."""
    mine = [kpm for kpm in who.kpms if kpm.id in waiting["ids"]]
    if waiting["step"] == "who":
        chosen = [kpm for kpm in mine if _names(msg, kpm)]
        if len(chosen) != 1:
            return None
        tx.sessions.keep(who.address_id, TOPIC, {"ids": [int(chosen[0].id)], "step": "sure"}, WAITS)
        return [say(msg, "rights.sure", names=names_of(chosen))]
    if msg.button != "rights.erase" and msg.text.lower().strip(" .!") not in CONFIRMS:
        return None
    tx.sessions.end(who.address_id, TOPIC)
    said: list[Outbound] = [say(msg, "rights.erased")]
    for kpm in mine:
        said += erase(tx, kpm, f"address:{who.address_id}", "HAPUS DATA")
    return said


def erase(tx: Tx, kpm: Kpm, actor: str, why: str) -> list[Outbound]:
    """Take every trace of a family away, and tell its pendamping that it happened. Used by the command line too."""
    kelompok = tx.people.kelompok(kpm.kelompok_id)
    tx.people.set_status(kpm.id, FamilyStatus.NONAKTIF)
    tx.rights.erase(kpm.id)
    tx.audit.write(actor, "people.erased", f"kpm:{kpm.id}", None, None, why)
    if kelompok.pendamping_id is None:
        return []
    once = f"rights:erased:{kpm.id}"
    told = {"kelompok": kelompok.name}
    return [Outbound(StaffTo(kelompok.pendamping_id), "rights.staff.erased", told, once=once, priority=Priority.CHANGE)]


def _names(msg: Inbound, kpm: Kpm) -> bool:
    if msg.button:
        return msg.button == f"erase:{kpm.id}"
    return msg.text.lower().strip(" .!") == kpm.name.lower()


__all__ = ["TOPIC", "erase", "on_hapus", "on_info", "on_line"]
