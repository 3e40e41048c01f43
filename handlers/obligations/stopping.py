"""What stops at once when a family has lost somebody? Every reminder of the pregnancy and the baby, and what waits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from data.obligations import Member
from data.records import Person
from data.store import Tx
from handlers.rules.obligations import CHILDREN, months_old

LOSS = "kehilangan"
BABY = 12
"""Months: up to this age a loss that was not named may be this child."""


def stop_for_loss(tx: Tx, kpm_id: int, why: str = LOSS, actor: str = "bot") -> Sequence[Member]:
    """Stop all reminders of the pregnant, newly delivered and newborn members of this family, at once, and cancel the
    letters that wait for it; where there is nobody of these, of every member, for nobody knows whom it was. Nothing
    starts again until the pendamping says so. Returns those it stopped."""
    every = tx.obligations.members([kpm_id])[kpm_id]
    today = tx.now.date()
    near = [m for m in every if m.component in {"ibu_hamil", "nifas"} or is_baby(m, today)]
    stopped = [member for member in near or every if not member.stopped]
    for member in stopped:
        stop(tx, member, why, actor)
    tx.obligations.waiting.cancel(kpm_id)
    return stopped


def settle(tx: Tx, kpm_ids: Collection[int]) -> None:
    """Something of these families is done or written: a letter that waits and still asks for it is not sent. What
    else it asked for is looked at anew, so that a brother hears of his posyandu on the same evening."""
    again = set(kpm_ids)
    letters = tx.obligations.waiting.letters(kpm_ids)
    families = again | {item.kpm_id for letter in letters for item in letter.items}
    kept = tx.obligations.kept(families) if letters else {}
    for letter in letters:
        left = [item for item in letter.items if not ((known := kept.get(item.name)) and known.settled)]
        if len(left) < len(letter.items):
            tx.obligations.waiting.take_back(letter, left)
            again |= {item.kpm_id for item in left}
    for kpm_id in again:
        tx.obligations.queue.look_again(kpm_id)


def stop(tx: Tx, member: Member, why: str, actor: str) -> None:
    """Nothing more is said or asked of this member."""
    tx.obligations.change_member(member.id, stopped=why[:12], next_on=None)
    tx.audit.write(actor, "member.stopped", f"member:{member.id}", None, why)


def is_baby(member: Member, today: date) -> bool:
    return member.component in CHILDREN and member.born is not None and months_old(member.born, today) < BABY


def on_loss(who: Person, tx: Tx) -> None:
    """A loss was told from this phone: every family on it is left in peace."""
    for kpm in who.kpms:
        stop_for_loss(tx, kpm.id, actor=f"address:{who.address_id}")
