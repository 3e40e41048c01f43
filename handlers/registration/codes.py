"""Is this code an invitation that still stands, and how often may a chat be wrong?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.invitations import Invitation
from data.records import FamilyStatus, Kelompok, Kpm, Role, Staff
from data.store import Tx
from messages.envelope import Outbound, Priority, StaffTo

TOPIC, GUESSES = "daftar", "kode"
"""Sessions of a chat: how far it has come in, and how often it was wrong."""

MOST_WRONG = 5
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an invitation is for: everybody of a kelompok, one family of it, or a member of staff."""

    invitation: Invitation
    kelompok: Kelompok | None = None
    kpm: Kpm | None = None
    staff: Staff | None = None


def target(tx: Tx, code: str) -> Target | None:
    """None for a code that is unknown, too old or used, or whose family or member of staff is no longer here."""
    invitation = tx.invitations.get(code)
    if invitation is None or invitation.expires <= tx.now or invitation.used_by is not None:
        return None
    if invitation.staff_id is not None:
        staff = tx.people.staff(invitation.staff_id)
        return Target(invitation, staff=staff) if staff is not None and staff.active else None
    if invitation.kpm_id is not None:
        kpm = tx.people.kpm(invitation.kpm_id)
        if kpm is None or kpm.status is not FamilyStatus.AKTIF:
            return None
        return Target(invitation, tx.people.kelompok(kpm.kelompok_id), kpm)
    return Target(invitation, tx.people.kelompok(invitation.kelompok_id or 0))


def silent(tx: Tx, address_id: int) -> bool:
    """Whether this chat has guessed so often that it is not answered any more today."""
    counted = tx.sessions.get(address_id, GUESSES)
    return counted is not None and counted.memory["wrong"] >= MOST_WRONG


def count_wrong(tx: Tx, address_id: int) -> list[Outbound]:
    """One more wrong code within a day of the first; with the last that is allowed the admin hears of it, once."""
    counted = tx.sessions.get(address_id, GUESSES)
    wrong = counted.memory["wrong"] + 1 if counted else 1
    since = datetime.fromisoformat(counted.memory["since"]) if counted else tx.now
    tx.sessions.keep(address_id, GUESSES, {"wrong": wrong, "since": since.isoformat()}, since + A_DAY - tx.now)
    if wrong < MOST_WRONG:
        return []
    return [
        Outbound(
            StaffTo(admin.id),
            "registration.staff.guessing",
            {"count": str(MOST_WRONG)},
            once=f"guessing:{address_id}:{since:%Y%m%d%H%M%S}:{admin.id}",
            priority=Priority.CHANGE,
        )
        for admin in tx.people.every_staff()
        if admin.role is Role.ADMIN
    ]
