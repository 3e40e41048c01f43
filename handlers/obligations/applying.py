"""How does a change at home become rows? Reminders stop or begin at once; nothing is said to the family by itself."""

from __future__ import annotations

from collections.abc import Sequence

from data.obligations import Member
from data.records import FamilyStatus, Kpm
from data.store import Tx
from handlers.obligations.stopping import is_baby, stop
from handlers.rules.data_changes import Change, Meant
from handlers.rules.obligations import NEXT_PREGNANCY, has_delivered
from messages.envelope import Address


def apply(tx: Tx, kpm: Kpm, meant: Meant, actor: str) -> None:
    members = tx.obligations.members([kpm.id])[kpm.id]
    match meant.change:
        case Change.PREGNANT:
            _pregnant(tx, kpm, meant, members)
        case Change.BORN:
            _born(tx, kpm, meant, members)
        case Change.DIED | Change.LOST | Change.MOVED:
            # A mother whose baby has died is not asked about the birth any more.
            gone = [m for m in members if m.id in meant.members]
            lost_baby = meant.change is Change.DIED and any(is_baby(m, tx.now.date()) for m in gone)
            for member in members:
                if member.id in meant.members or (lost_baby and member.component == "nifas"):
                    stop(tx, member, meant.change.value, actor)
        case Change.RESUME:
            for member_id in meant.members:
                tx.obligations.change_member(member_id, stopped=None)
        case Change.SCHOOL:
            _school(tx, meant)
        case Change.NUMBER:
            assert meant.number is not None  # noqa: S101  asked for before
            tx.people.link_kpm(kpm.id, tx.people.address_id(Address("whatsapp", meant.number)), own=False)
        case Change.CANDIDATE | Change.GRADUATED:
            status = FamilyStatus.CALON if meant.change is Change.CANDIDATE else FamilyStatus.GRADUASI
            tx.people.set_status(kpm.id, status)
            tx.audit.write(actor, "family.status", f"kpm:{kpm.id}", kpm.status, status, "DATA")
    if meant.change is not Change.NUMBER:
        tx.obligations.waiting.cancel(kpm.id)
    tx.obligations.queue.look_again(kpm.id)
    said = meant.day.isoformat() if meant.day else meant.level or ""
    tx.audit.write(actor, "family.data", f"kpm:{kpm.id}", None, f"{meant.change} {said}".strip())


def _mother(kpm: Kpm, members: Sequence[Member]) -> Member | None:
    """Who is or was pregnant here: the one of whom we know, else the pengurus herself."""
    known = [m for m in members if m.component in {"ibu_hamil", "nifas"}]
    return next(iter(known), None) or next((m for m in members if m.name == kpm.name), None)


def _pregnant(tx: Tx, kpm: Kpm, meant: Meant, members: Sequence[Member]) -> None:
    values = {"component": "ibu_hamil", "hpl": meant.day, "delivered": None, "stopped": None}
    mother = _mother(kpm, members)
    if mother is None:
        tx.obligations.add_member(kpm.id, name=kpm.name, relation="pengurus", **values)
    else:
        if not _same_pregnancy(mother, meant):
            tx.obligations.forget(mother.id)  # its visits begin anew
        tx.obligations.change_member(mother.id, **values)


def _same_pregnancy(mother: Member, meant: Meant) -> bool:
    """An HPL that was only moved: what was done stays done."""
    if mother.component != "ibu_hamil" or mother.hpl is None or mother.stopped or meant.day is None:
        return False
    return not has_delivered(mother) and abs(meant.day - mother.hpl) < NEXT_PREGNANCY


def _born(tx: Tx, kpm: Kpm, meant: Meant, members: Sequence[Member]) -> None:
    mother = _mother(kpm, members)
    values = {"component": "nifas", "delivered": meant.day, "stopped": None}
    if mother is None:
        tx.obligations.add_member(kpm.id, name=kpm.name, relation="pengurus", **values)
    else:
        if mother.delivered and meant.day and meant.day - mother.delivered > NEXT_PREGNANCY:
            tx.obligations.forget(mother.id)  # the visits after the birth before belong to that one
        tx.obligations.change_member(mother.id, **values)
    known = {(m.name, m.born) for m in members}
    for name in meant.names:
        if (name, meant.day) not in known:
            child = {"name": name, "relation": "anak", "component": "anak_usia_dini", "born": meant.day}
            tx.obligations.add_member(kpm.id, **child)


def _school(tx: Tx, meant: Meant) -> None:
    for member_id in meant.members:
        values: dict[str, object] = {}
        if meant.level is not None:
            values = {"level": meant.level, "school": meant.school, "component": "sekolah"}
        if meant.at_risk is not None:
            values["at_risk"] = meant.at_risk
        tx.obligations.change_member(member_id, **values)
