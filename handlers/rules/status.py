"""Was she reached, and if not, why? And whom should the pendamping go and see?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from data.records import Answer, Consent, LetterNews, Line, Mark
from messages.envelope import Status

TEMPLATE_RESTS = "templat berhenti"
ARRIVED = {Status.SENT, Status.DELIVERED, Status.READ}
NO_ANSWER = ("tidak ada jawaban", "tidak diketahui")
"""How the sender begins the reason of a letter that left and of which nothing was heard."""


NOBODY_THERE = ("131026", "400 chat not found", "400 user not found", "400 peer_id_invalid")
"""How the reason of a refused letter begins when the platform knows nobody at the address."""


class State(StrEnum):
    """One answer to 'was she reached?'. Each has its own sentence."""

    NO_PHONE = auto()
    NEVER_WROTE = auto()
    NOT_AGREED = auto()
    REFUSED = auto()
    LATER = auto()
    STOPPED = auto()
    BLOCKED = auto()
    UNREACHABLE = auto()
    NOTHING_YET = auto()
    WAITS_FOR_HOUR = auto()
    WAITS_FOR_TURN = auto()
    TEMPLATE_STOPPED = auto()
    SENDING = auto()
    IN_DOUBT = auto()
    SENT = auto()
    SENT_TELEGRAM = auto()
    DELIVERED = auto()
    READ = auto()
    ANSWERED = auto()
    NOT_TAKEN = auto()
    FAILED = auto()
    EXPIRED = auto()


@dataclass(frozen=True, slots=True)
class Reached:
    """The state, and since when or until when where that matters."""

    state: State
    at: datetime | None = None


def judge(lines: Sequence[Line], letter: LetterNews | None, now: datetime) -> Reached:
    """From what is known of her addresses (the one last heard from first) and of the newest letter to her."""
    if not lines:
        return Reached(State.NO_PHONE)
    usable = [line for line in lines if not line.blocked and not line.unreachable]
    if not any(line.consent is Consent.YES for line in usable):
        return _why_not(lines, usable)
    if letter is None:
        return Reached(State.NOTHING_YET)
    heard = max((line.heard for line in lines if line.heard is not None), default=None)
    if letter.state in ARRIVED and heard is not None and heard > letter.at:
        return Reached(State.ANSWERED, heard)
    return Reached(_of_letter(letter, now), letter.at)


def _why_not(lines: Sequence[Line], usable: Sequence[Line]) -> Reached:
    """Nothing may be sent to her, or nothing can. What she decided herself comes first."""
    for consent, state in (
        (Consent.STOPPED, State.STOPPED),
        (Consent.NO, State.REFUSED),
        (Consent.LATER, State.LATER),
    ):
        if since := [line.since for line in lines if line.consent is consent]:
            return Reached(state, max((at for at in since if at is not None), default=None))
    if not usable:
        return Reached(State.BLOCKED if any(line.blocked for line in lines) else State.UNREACHABLE)
    return Reached(State.NOT_AGREED if any(line.heard for line in usable) else State.NEVER_WROTE)


def _of_letter(letter: LetterNews, now: datetime) -> State:
    match letter.state:
        case Status.QUEUED if letter.error == TEMPLATE_RESTS:
            return State.TEMPLATE_STOPPED
        case Status.QUEUED if letter.at > now and not letter.error:
            return State.WAITS_FOR_HOUR
        case Status.QUEUED:
            return State.WAITS_FOR_TURN
        case Status.SENDING | Status.FAILED if letter.error.startswith(NO_ANSWER):
            return State.IN_DOUBT
        case Status.SENDING:
            return State.SENDING
        case Status.SENT:
            return State.SENT_TELEGRAM if letter.channel == "telegram" else State.SENT
        case Status.DELIVERED:
            return State.DELIVERED
        case Status.READ:
            return State.READ
        case Status.FAILED:
            return State.NOT_TAKEN if letter.error.lower().startswith(NOBODY_THERE) else State.FAILED
        case Status.EXPIRED | Status.CANCELLED:
            return State.EXPIRED


# --- whom to go and see

UNREACHED = {
    State.NO_PHONE,
    State.NEVER_WROTE,
    State.NOT_AGREED,
    State.BLOCKED,
    State.UNREACHABLE,
    State.NOT_TAKEN,
}
"""No letter comes through until somebody does something. Who stopped or said no is left in peace."""

IN_A_ROW = 2


class Visit(StrEnum):
    """Why a family stands on the visit list; the first that fits."""

    ABSENT = auto()
    UNREACHED = auto()
    SILENT = auto()
    DECLINED = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a family at one meeting."""

    answer: Answer
    mark: Mark | None


def why_visit(state: State, held: Sequence[Seen], over: Sequence[Seen], coming: Seen | None) -> Visit | None:
    """`held` and `over` are the meetings with a register and those that are past, newest first; `coming` is the
    next one, else the last. Silence counts only when letters can arrive."""
    if len(held) >= IN_A_ROW and all(seen.mark is Mark.ABSENT for seen in held[:IN_A_ROW]):
        return Visit.ABSENT
    if state in UNREACHED:
        return Visit.UNREACHED
    if len(over) >= IN_A_ROW and all(_silent(seen) for seen in over[:IN_A_ROW]):
        return Visit.SILENT
    if coming is not None and coming.answer is Answer.DECLINED and coming.mark is not Mark.PRESENT:
        return Visit.DECLINED
    return None


def _silent(seen: Seen) -> bool:
    """She said nothing, and nobody saw her or knows a reason."""
    return seen.answer is Answer.UNKNOWN and seen.mark in {None, Mark.ABSENT}
