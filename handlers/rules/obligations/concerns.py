"""From when to when does a rule concern a member, if ever?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from data.content.obligations import Rule
from data.obligations.records import Member
from handlers.rules.obligations.ages import DAY, TERM, after_months

NEXT_PREGNANCY = timedelta(days=150)
"""An HPL so long after a birth is of another child."""

CHILDREN = {"anak_usia_dini", "sekolah"}
SCHOOLS = {"SD", "SMP", "SMA", "SLB", "Paket A", "Paket B", "Paket C"}
LEFT, FINISHED = "putus", "tamat"
"""Levels that the pendamping enters: no longer at school, and done with it."""

CHILD_RULES = {"bayi_0_11", "balita_12_59", "prasekolah_60_71"}
Span = tuple[date, date]


class Kind(NamedTuple):
    """What of a member decides what is asked of her."""

    component: str
    born: date | None
    hpl: date | None
    level: str | None
    delivered: date | None
    stopped: bool


def kind_of(member: Member) -> Kind:
    return Kind(member.component, member.born, member.hpl, member.level, member.delivered, member.stopped)


def enrolled(member: Member | Kind) -> bool:
    """Goes to school as far as we know."""
    return member.level in SCHOOLS or (member.component == "sekolah" and member.level not in {LEFT, FINISHED})


def span(rule: Rule, member: Member | Kind) -> Span | None:
    """The first and the last day on which this rule concerns her; None when it never does."""
    if member.stopped or not rule.active:
        return None
    match rule.component:
        case "ibu_hamil":
            if member.component != "ibu_hamil" or member.hpl is None or has_delivered(member):
                return None
            first = member.hpl - TERM
            return first + timedelta(weeks=rule.since), first + timedelta(weeks=rule.until + 1) - DAY
        case "nifas":
            return _days(rule, member.delivered) if member.component in {"nifas", "ibu_hamil"} else None
        case "sekolah":
            return _years(rule, member.born) if _at_school(rule, member) else None
        case "lansia" | "disabilitas_berat":
            if member.component != rule.component:
                return None
            return _years(rule, member.born) or (date.min, date.max)
        case _ if rule.component in CHILD_RULES:
            if member.component not in CHILDREN or member.born is None:
                return None
            if rule.component == "prasekolah_60_71" and enrolled(member):
                return None
            return _days(rule, member.born) if rule.unit == "hari" else _months(rule, member.born)
        case _:
            return None


def has_delivered(member: Member | Kind) -> bool:
    """The birth that is known belongs to this pregnancy, and not to the one before."""
    if member.delivered is None:
        return False
    return member.hpl is None or member.hpl - member.delivered < NEXT_PREGNANCY


def _at_school(rule: Rule, member: Member | Kind) -> bool:
    if member.component not in CHILDREN or member.level == FINISHED:
        return False
    if rule.cadence == "triwulan":
        return not enrolled(member)
    return rule.cadence != "bulan_sekolah" or enrolled(member)


def _days(rule: Rule, since: date | None) -> Span | None:
    return (since + timedelta(days=rule.since), since + timedelta(days=rule.until)) if since else None


def _months(rule: Rule, born: date) -> Span:
    return after_months(born, rule.since), after_months(born, rule.until + 1) - DAY


def _years(rule: Rule, born: date | None) -> Span | None:
    return (after_months(born, 12 * rule.since), after_months(born, 12 * (rule.until + 1)) - DAY) if born else None
