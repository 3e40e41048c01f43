"""How far are quizzes, practices and obligations of a kelompok in a month or a triwulan? Counted, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from data.figures import MILLION
from data.quiz import Score
from data.records import Kelompok
from data.store import Tx
from handlers.quiz.numbers import AFTER, BEFORE
from handlers.rules.verkom import FORMS, STATES, Month, Quarter, count, entries, quarter_of

AT_ONCE = 3
EVERY = timedelta(hours=23)
NIGHT = 1
"""The hour of the first kabupaten in which everything is counted: nobody is written to, and few write."""

SUNDAY = 6


def tick(tx: Tx) -> bool:
    """Every kelompok once a night, for this month and triwulan; on Sundays for the last ones too."""
    zones = tx.obligations.queue.zones()
    if not zones or (now := tx.now.astimezone(zones[0])).hour != NIGHT:
        return False
    for period in current(now)[: None if now.weekday() == SUNDAY else 2]:
        if ids := tx.figures.stale(period, tx.now - EVERY, AT_ONCE):
            for kelompok_id in ids:
                keep(tx, kelompok_id, period)
            return True
    return False


def current(now: datetime) -> list[str]:
    """The periods in which something still changes; `now` is local."""
    this, last = now.date(), now.date().replace(day=1) - timedelta(days=1)
    quarter = quarter_of(this)
    before = quarter_of(quarter.since - timedelta(days=1))
    return [f"{this:%Y-%m}", _key(quarter), f"{last:%Y-%m}", _key(before)]


def _key(quarter: Quarter) -> str:
    return f"{quarter.year}-T{quarter.number}"


def span(period: str) -> Month | Quarter:
    return Quarter(int(period[:4]), int(period[6])) if "T" in period else Month(period)


def keep(tx: Tx, kelompok_id: int, period: str) -> None:
    kelompok = tx.people.kelompok(kelompok_id)
    families = [kpm.id for kpm in tx.people.families(kelompok_id)]
    numbers = {**_understood(tx, kelompok, period), **_done(tx, kelompok, families, period)}
    tx.figures.keep(kelompok_id, period, kelompok.pendamping_id, len(families), numbers)


def _understood(tx: Tx, kelompok: Kelompok, period: str) -> dict[str, int]:
    """Quizzes offered or begun in the period; a gain belongs to the period of its second quiz."""
    when = span(period)
    since = datetime.combine(when.since, time(), kelompok.zone)
    until = datetime.combine(when.until + timedelta(days=1), time(), kelompok.zone)
    every = tx.quiz.scores([kelompok.id])
    mine = [s for s in every if since <= s.at < until]
    done = [s for s in mine if s.finished and s.asked]
    pairs = _pairs(every, done)
    told, asked, tried, not_tried = tx.quiz.tried_in(kelompok.id, since, until)
    return {
        "offered": len(mine),
        "begun": sum(s.asked > 0 for s in mine),
        "finished": len(done),
        "quiz_families": len({s.kpm_id for s in done}),
        "score": _millionths(done),
        "pairs": len(pairs),
        "pair_families": len({after.kpm_id for _, after in pairs}),
        "before": _millionths([before for before, _ in pairs]),
        "after": _millionths([after for _, after in pairs]),
        "told": told,
        "asked": asked,
        "tried": tried,
        "not_tried": not_tried,
    }


def _pairs(every: Sequence[Score], done: Sequence[Score]) -> list[tuple[Score, Score]]:
    """(before, after) of each family and session, the newest of each."""
    before = {(s.kpm_id, s.session): s for s in every if s.finished and s.asked and s.phase in BEFORE}
    after = {(s.kpm_id, s.session): s for s in done if s.phase in AFTER}
    return [(before[key], after[key]) for key in sorted(set(before) & set(after))]


def _millionths(scores: Sequence[Score]) -> int:
    return sum(round(MILLION * score.share) for score in scores)


def _done(tx: Tx, kelompok: Kelompok, families: Sequence[int], period: str) -> dict[str, int]:
    """The same states as on the list of VERKOM."""
    today = tx.now.astimezone(kelompok.zone).date()
    members, kept = tx.obligations.members(families), tx.obligations.kept(families)
    found = dict.fromkeys((f"{form}_{state}" for form in FORMS for state in STATES[1:]), 0)
    for member in (one for mine in members.values() for one in mine):
        for form in FORMS:
            counts = count(entries(member, kept, form, span(period), today))
            for state in STATES[1:]:
                found[f"{form}_{state}"] += getattr(counts, state)
    return found
