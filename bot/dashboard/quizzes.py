"""What was understood after the last meeting? Scores and a proposal beside the choice, which is never filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import LARGEST_NUMBER, Ask, Missing, Refused
from bot.dashboard.groups import chosen
from bot.dashboard.paper import PRIVATE
from data.records import Kelompok, Kpm, Meeting
from data.store import Tx
from handlers import quiz
from handlers.rules.quiz import LEVELS, Proposal, propose
from messages.envelope import KpmId


@dataclass(frozen=True, slots=True)
class Line:
    """One family: her numbers, what they would say, what was decided."""

    kpm: Kpm
    score: str
    proposal: Proposal
    decided: str
    present: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    kelompok: Kelompok
    kelompoks: Sequence[Kelompok]
    meeting: Meeting | None
    lines: Sequence[Line]
    practice: Mapping[str, int]
    now: datetime

    @property
    def answered(self) -> int:
        return sum(line.proposal.answered > 0 for line in self.lines)


async def page(ask: Ask) -> Response:
    sheet = await ask.look(lambda tx: _sheet(tx, ask))
    return ask.page("kuis.html", title="Kuis", d=sheet, LEVELS=LEVELS, saved=ask.query("tersimpan"))


async def decide(ask: Ask) -> Response:
    """PAHAM: the levels that were chosen; families nobody chose for stay as they are."""
    kelompok_id, meeting_id = ask.number("kelompok"), ask.number("meeting")

    def work(tx: Tx) -> int:
        meeting = tx.meetings.get(meeting_id) if tx.scoped.meets(ask.who, meeting_id, kelompok_id) else None
        if meeting is None or meeting.cancelled or meeting.starts > tx.now:
            raise Missing
        there, _ = tx.quiz.present(meeting_id, kelompok_id)
        return quiz.decide(tx, ask.who.id, meeting, _chosen(ask.sent, there))

    count = await ask.write(work)
    return RedirectResponse(f"/dasbor/kuis?kelompok={kelompok_id}&tersimpan={count}", 303, headers=PRIVATE)


def _chosen(sent: Mapping[str, str], there: Sequence[KpmId]) -> dict[KpmId, str]:
    """Raises Refused for a level that is none, or a family that was not there."""
    found = {}
    for name, level in sent.items():
        if name.startswith("f:"):
            number = name[2:]
            known = number.isascii() and number.isdigit() and int(number[:20]) < LARGEST_NUMBER and int(number) in there
            if not known or level not in LEVELS:
                raise Refused(400, "Pilihan ini tidak ada.")
            found[KpmId(int(number))] = level
    return found


def _sheet(tx: Tx, ask: Ask) -> Sheet:
    kelompok, kelompoks = chosen(tx, ask)
    now = tx.now.astimezone(kelompok.zone)
    meeting = tx.meetings.last(kelompok.id, tx.now)
    if meeting is None or meeting.session is None:
        return Sheet(kelompok, kelompoks, None, (), {}, now)
    numbers = quiz.families_numbers(tx, kelompok.id, meeting.session)
    there, _ = tx.quiz.present(meeting.id, kelompok.id)
    lines = [
        Line(
            kpm,
            numbers.line(kpm.id),
            propose(*numbers.right_of(kpm.id)),
            tx.quiz.level(meeting.id, kpm.id) or "",
            kpm.id in there,
        )
        for kpm in tx.people.families(kelompok.id)
    ]
    return Sheet(
        kelompok,
        kelompoks,
        meeting,
        lines,
        tx.quiz.practice_counts([kelompok.id], meeting.session).get(meeting.session, {}),
        now,
    )
