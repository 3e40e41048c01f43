"""What was meant, by which role, and who answers? Order is meaning: leaving outranks everything, being there a menu."""

from __future__ import annotations

from dataclasses import replace

from data.records import Consent, FamilyStatus, Person
from data.store import Tx
from handlers import attendance, broadcast, handover
from handlers.router.families import KPM_WORDS, family
from handlers.router.lines import tidy
from handlers.router.staff import STAFF_WORDS, staff
from messages.envelope import Inbound, Kind, Outbound


def answer(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """What to say to one event. Nothing here sends, commits, or knows the channel."""
    match msg.kind:
        case Kind.BLOCKED | Kind.UNBLOCKED:
            tx.people.block(msg.sender, msg.kind is Kind.BLOCKED)
            return []
        case Kind.GROUP:
            return []
        case Kind.REACTION | Kind.EDITED | Kind.DELETED:
            return _wordless(msg, who, tx)
        case _ if who.staff is not None:
            return staff(tidy(msg), who, tx)
        case _:
            return _with_files(family(tidy(msg), who, tx), who, tx)


def _with_files(said: list[Outbound], who: Person, tx: Tx) -> list[Outbound]:
    """Now that she may be written to freely, what an announcement could not bring follows; not after bad news."""
    quiet = any(letter.key.startswith("urgent.") for letter in said)
    return said if quiet else [*said, *broadcast.follow(tx, who.address_id)]


def _wordless(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A thumb under a letter, a message mended or taken back: only of families that hear from us."""
    who = replace(who, kpms=[kpm for kpm in who.kpms if kpm.status is FamilyStatus.AKTIF])
    if who.staff is not None or not who.kpms or who.consent is not Consent.YES:
        return []
    return attendance.on_reaction(msg, who, tx) if msg.kind is Kind.REACTION else handover.on_changed(msg, who, tx)


__all__ = ["KPM_WORDS", "STAFF_WORDS", "answer"]
