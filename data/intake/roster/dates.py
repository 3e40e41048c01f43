"""Do the dates of a roster make sense on the day it is imported?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from data.intake.findings import Finding, finding
from data.intake.roster.records import Family, Member

LONGEST_PREGNANCY = timedelta(weeks=42)
LONG_PAST = timedelta(weeks=6)
"""After the HPL she is in nifas at most this long."""


def check_dates(families: Sequence[Family], today: date, findings: list[Finding]) -> None:
    for family in families:
        if family.born and family.born > today:
            findings.append(finding("born_future", family.where, "tanggal lahir", date=_written(family.born)))
        for member in family.members:
            _member(member, today, findings)


def _member(member: Member, today: date, findings: list[Finding]) -> None:
    if member.born and member.born > today:
        findings.append(finding("born_future", member.where, member.titles["born"], date=_written(member.born)))
    if member.hpl is None:
        return
    if member.hpl > today + LONGEST_PREGNANCY:
        findings.append(finding("hpl_far", member.where, member.titles["hpl"], date=_written(member.hpl)))
    if member.hpl < today - LONG_PAST:
        findings.append(finding("hpl_past", member.where, member.titles["hpl"], date=_written(member.hpl)))


def _written(day: date) -> str:
    return f"{day:%d-%m-%Y}"
