"""What is due for a member, on time, late, or done with?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from data.content.obligations import Rule, rules
from data.obligations.records import Kept, Member
from handlers.rules.obligations.ages import after_months
from handlers.rules.obligations.cadences import Part, of_rule
from handlers.rules.obligations.concerns import CHILD_RULES, CHILDREN, Kind, Span, has_delivered, kind_of, span

MADE_UP = timedelta(days=366 * 5)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing that is due once: the visit, the month, the year."""

    rule: Rule
    member: Member
    key: str
    due_from: date
    due_to: date
    nth: int | None = None
    remind: date | None = None

    @property
    def name(self) -> tuple[int, str, str]:
        """What it is remembered under."""
        return self.member.id, self.rule.shared, self.key

    def is_due(self, day: date) -> bool:
        return self.due_from <= day <= self.due_to

    def is_late(self, day: date) -> bool:
        """Over, and it can still be made up for."""
        if day <= self.due_to:
            return False
        if self.rule.late_to is not None and self.member.born is not None:
            return day < after_months(self.member.born, self.rule.late_to + 1)
        return day <= self.due_to + timedelta(days=self.rule.catch_up)


def occurrences(member: Member, since: date, until: date, *, made_up: bool = False) -> list[Occurrence]:
    """Everything whose window touches [since, until]; what only teaches is not asked for and not here."""
    return [Occurrence(rule, member, *part) for rule, part in _asked_of(kind_of(member), since, until, made_up)]


def touching(member: Member, since: date, until: date) -> Iterator[Rule]:
    """The rules that concern her in [since, until]: much cheaper than what they ask for."""
    return (rule for rule, reach in _spans(kind_of(member)) if reach[0] <= until and reach[1] >= since)


@lru_cache(maxsize=8192)
def _asked_of(kind: Kind, since: date, until: date, made_up: bool) -> Sequence[tuple[Rule, Part]]:
    """Children of one birthday are asked for the same: computed once for all of them."""
    return [
        (rule, part)
        for rule, reach in _spans(kind)
        if reach[0] <= until and reach[1] >= since and (not made_up or rule.late_to is not None or rule.catch_up)
        for part in of_rule(rule, kind, reach, since, until)
    ]


@lru_cache(maxsize=8192)
def _spans(kind: Kind) -> Sequence[tuple[Rule, Span]]:
    """Every rule that ever concerns such a member."""
    return [(rule, reach) for rule in _asked(kind.component) if (reach := span(rule, kind)) is not None]


@cache
def _asked(component: str) -> Sequence[Rule]:
    """The rules that may concern such a member: most members are looked at for a handful only."""
    if component in CHILDREN:
        wanted = {*CHILD_RULES, "sekolah"}
    else:
        wanted = {component, "nifas"} if component == "ibu_hamil" else {component}
    return tuple(rule for rule in rules().values() if rule.component in wanted and not rule.education)


def due_on(member: Member, day: date) -> list[Occurrence]:
    """What the table asks for on this day, done or not."""
    return [one for one in occurrences(member, day, day) if one.is_due(day)]


def late_on(member: Member, day: date) -> list[Occurrence]:
    """What is over and can still be made up for."""
    return [one for one in occurrences(member, day - MADE_UP, day, made_up=True) if one.is_late(day)]


def is_enough(rule: Rule, kept: Mapping[tuple[int, str, str], Kept], member: Member) -> bool:
    """So many were done already that no more are asked for."""
    if rule.limit is None:
        return False
    mine = [one for (who, series, _), one in kept.items() if (who, series) == (member.id, rule.shared)]
    return sum(one.settled for one in mine) >= rule.limit


def is_over(member: Member, day: date) -> bool:
    """The HPL has passed and nobody has told of a birth: now the pendamping is asked, not the mother."""
    if member.component != "ibu_hamil" or member.hpl is None:
        return False
    return day > member.hpl and not has_delivered(member)
