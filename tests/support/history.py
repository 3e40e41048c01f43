"""What has happened so far? Months of meetings for every kelompok, written by the shelves as they would have been."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from data.content.sessions import sessions
from data.records import Answer, Kelompok, Kind, Mark
from data.store import Tx

REASONS = ("anak_sakit", "kerja", "hajatan", "jauh", "hujan_banjir", None)
MARKS = (*(16 * (Mark.PRESENT,)), *(2 * (Mark.EXCUSED,)), Mark.SICK, Mark.ABSENT, None)


def live_through(tx: Tx, months: Sequence[str], seed: int = 7) -> None:
    """One meeting a month for most kelompok; some are cancelled, some never planned."""
    chance = random.Random(seed)
    for number, month in enumerate(months):
        for kelompok in tx.people.every_kelompok():
            first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=kelompok.zone)
            Tx(tx.conn, first).people.recount(kelompok.id)
            if chance.random() < 0.06 or kelompok.pendamping_id is None:
                continue
            day = 5 + kelompok.id * 2 % 20
            starts = datetime.fromisoformat(f"{month}-{day:02}T09:00").replace(tzinfo=kelompok.zone)
            _meet(Tx(tx.conn, starts + timedelta(hours=3)), kelompok, starts, number, chance)


def _meet(tx: Tx, kelompok: Kelompok, starts: datetime, number: int, chance: random.Random) -> None:
    session = sessions()[number % len(sessions())]
    assert kelompok.pendamping_id is not None
    meeting = tx.meetings.add(
        Kind.P2K2,
        starts,
        starts + timedelta(hours=2),
        kelompok.zone,
        f"Balai Desa {kelompok.desa}",
        session.id,
        session.name,
        "4821",
        kelompok.pendamping_id,
        [kelompok.id],
    )
    tx.summary.planned(meeting, kelompok.id)
    if chance.random() < 0.05:
        tx.meetings.cancel(meeting, "banjir")
        tx.summary.cancelled(meeting, kelompok.id)
        return
    for kpm in tx.people.families(kelompok.id):
        if chance.random() < 0.85:
            tx.summary.flag(meeting, kelompok.id, kpm.id, "reached")
        said = chance.choice([Answer.PROMISED, Answer.PROMISED, Answer.CLAIMED, Answer.DECLINED, Answer.UNKNOWN])
        if said is not Answer.UNKNOWN:
            reason = chance.choice(REASONS) if said is Answer.DECLINED else None
            claimed = starts if said is Answer.CLAIMED else None
            tx.attendance.keep_answer(meeting, kpm, said, "address:0", reason=reason, claimed=claimed)
    marks = {kpm.id: chance.choice(MARKS) for kpm in tx.people.families(kelompok.id)}
    tx.attendance.mark_all(meeting, kelompok.id, marks, kelompok.pendamping_id)
    tx.attendance.close(meeting, kelompok.id, kelompok.pendamping_id)
