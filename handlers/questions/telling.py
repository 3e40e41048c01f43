"""How does an answer of the pendamping reach the family that asked?"""

from __future__ import annotations

import re
from datetime import timedelta

from data.questions import Question
from data.store import Tx
from handlers import handover
from handlers.rules.courtesy import next_allowed
from handlers.speech import names_of, pendamping_of
from messages.envelope import Outbound, Priority
from messages.privacy import without_long_numbers

LONGEST = 160
"""Letters of an answer: with the names around it, it still fits a small screen."""

AWAKE = timedelta(hours=1)
"""Who asked so lately is answered at once, whatever the hour."""

KEPT = timedelta(days=7)
_LINK = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|id|net|org|me|ly|info)\b", re.IGNORECASE)


def unfit(words: str) -> bool:
    """Families are taught that messages with links or card numbers are fraud (FACTS 0, 7)."""
    return _LINK.search(words) is not None or without_long_numbers(words) != words


def tell(tx: Tx, ticket: Question, words: str) -> list[Outbound]:
    """The answer goes to the phone that asked; nothing when it belongs to none of our families any more."""
    who = tx.people.who(ticket.sender)
    kpms = [kpm for kpm in who.kpms if kpm.kelompok_id == ticket.kelompok_id]
    if not kpms or ticket.kelompok_id is None:
        return []
    kelompok = tx.people.kelompok(ticket.kelompok_id)
    at = tx.now if tx.now - ticket.at < AWAKE else next_allowed(tx.now, kelompok.zone, tx.settings.hours())
    ended = words if words.endswith((".", "!", "?")) else f"{words}."
    return [
        Outbound(
            ticket.sender,
            "questions.answer",
            {"pendamping": pendamping_of(kelompok), "names": names_of(kpms), "reply": ended},
            priority=Priority.CHANGE,
            not_before=at,
            expires=at + KEPT,
            about=f"{handover.ABOUT}{ticket.id}",
            kpms=[kpm.id for kpm in kpms],
        )
    ]
