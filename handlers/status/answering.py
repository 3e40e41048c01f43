"""STATUS NAME: was she reached, when, why not, and what now? One sentence per person."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from data.records import Kelompok, Kpm, Person
from data.store import Tx
from handlers import families, scope
from handlers.rules.status import State, judge
from handlers.speech import say
from messages import spoken
from messages.envelope import Inbound, Outbound

PLAIN = {
    State.NO_PHONE: "status.no_phone",
    State.NEVER_WROTE: "status.never_wrote",
    State.NOT_AGREED: "status.not_agreed",
    State.BLOCKED: "status.blocked",
    State.UNREACHABLE: "status.unreachable",
    State.NOTHING_YET: "status.nothing_yet",
}
SINCE = {
    State.REFUSED: "status.refused",
    State.LATER: "status.later",
    State.STOPPED: "status.stopped",
    State.ANSWERED: "status.answered",
}
OF_A_LETTER = {
    State.WAITS_FOR_TURN: "status.waits_for_turn",
    State.TEMPLATE_STOPPED: "status.template_stopped",
    State.SENDING: "status.sending",
    State.EXPIRED: "status.expired",
}
OF_A_LETTER_AT = {
    State.WAITS_FOR_HOUR: "status.waits_for_hour",
    State.IN_DOUBT: "status.in_doubt",
    State.SENT: "status.sent",
    State.SENT_TELEGRAM: "status.sent_telegram",
    State.DELIVERED: "status.delivered",
    State.READ: "status.read",
    State.NOT_TAKEN: "status.not_taken",
    State.FAILED: "status.failed",
}
WHAT = {
    "reminders.meeting.invitation": "undangan",
    "reminders.": "pengingat",
    "meetings.moved": "kabar jadwal baru",
    "meetings.proposal.": "usul waktu",
    "meetings.cancelled": "kabar pembatalan",
    "quiz.": "kuis",
    "practice.": "latihan",
    "obligations.": "pengingat kewajiban",
    "broadcast.": "pengumuman",
}
"""What a letter is to a pendamping, by how its key begins; the first that fits."""


def on_status(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """STATUS Wati. Two of a name: asks which; two that no words tell apart: both."""
    if not rest:
        return [say(msg, "status.which")]
    found = families.find(rest, scope.mine(who, tx), tx)
    if not found:
        return [say(msg, "status.not_found", name=rest[:40])]
    if len({(kpm.name, kelompok.id) for kpm, kelompok in found}) > 1:
        words = {"found": families.listed(found), "example": families.example(found)}
        return [say(msg, "status.two", name=rest[:40], **words)]
    return [Outbound(msg.sender, *sentence(tx, kpm, kelompok, msg.at)) for kpm, kelompok in found]


def sentence(tx: Tx, kpm: Kpm, kelompok: Kelompok, now: datetime) -> tuple[str, dict[str, str]]:
    """The key and the parameters of the one honest sentence about this family."""
    lines = tx.status.lines([kelompok.id]).get(kpm.id, ())
    letter = tx.status.letters([kelompok.id]).get(kpm.id)
    reached = judge(lines, letter, now)
    at = _at(reached.at, kelompok.zone)
    what = next((name for key, name in WHAT.items() if letter and letter.key.startswith(key)), "pesan")
    if reached.state in PLAIN:
        return PLAIN[reached.state], {"who": kpm.name}
    if reached.state in SINCE:
        return SINCE[reached.state], {"who": kpm.name, "at": at}
    if reached.state in OF_A_LETTER:
        return OF_A_LETTER[reached.state], {"who": kpm.name, "what": what}
    return OF_A_LETTER_AT[reached.state], {"who": kpm.name, "what": what, "at": at}


def _at(moment: datetime | None, zone: ZoneInfo) -> str:
    """'Rabu 25 Nov 08.00'."""
    if moment is None:
        return "waktu yang tidak tercatat"
    local = moment.astimezone(zone)
    return f"{spoken.short_date(local.date())} {spoken.clock(local)}"
