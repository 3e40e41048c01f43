"""How do the records of obligations look as rows, and back?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam

from data.obligations.records import Asked, Claim, Item, Kept, Member
from data.schema import member, obligation
from messages.envelope import KpmId

MEMBER = tuple(
    member.c[name]
    for name in (
        *("id", "kpm_id", "name", "component", "born", "hpl", "school", "level", "delivered", "stopped", "at_risk"),
    )
)
THIS = (
    obligation.c.member_id == bindparam("b_member"),
    obligation.c.series == bindparam("b_series"),
    obligation.c.occurrence == bindparam("b_occurrence"),
)


def named(item: Item) -> dict[str, Any]:
    """The parameters of `THIS`."""
    return {"b_member": item.member_id, "b_series": item.series, "b_occurrence": item.occurrence}


def row_of(item: Item) -> dict[str, Any]:
    values = {"member_id": item.member_id, "kpm_id": item.kpm_id, "rule": item.rule, "times": 0}
    return {**values, "series": item.series, "occurrence": item.occurrence}


def packed(item: Item) -> list[Any]:
    return [int(item.kpm_id), item.member_id, item.rule, item.series, item.occurrence]


def items_of(row: Any) -> list[Item]:
    return [Item(KpmId(kpm), who, rule, series, occurrence) for kpm, who, rule, series, occurrence in row.items]


def asked_record(row: Any) -> Asked:
    return Asked(row.id, row.address_id, row.on, items_of(row), row.open)


def member_record(row: Any) -> Member:
    return Member(
        row.id,
        KpmId(row.kpm_id),
        row.name,
        row.component,
        row.born,
        row.hpl,
        row.school,
        row.level,
        row.delivered,
        row.stopped is not None,
        row.at_risk,
    )


def kept_record(row: Any) -> Kept:
    return Kept(
        row.member_id,
        row.series,
        row.occurrence,
        Claim(row.claim) if row.claim else None,
        row.reason,
        row.done_on,
        Claim(row.mark) if row.mark else None,
        row.proof,
        row.reminded,
        row.times,
    )
