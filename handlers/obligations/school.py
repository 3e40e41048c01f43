"""School months: what the school wrote becomes a word, low months are shown to the pendamping, who alone decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from data.obligations import Claim, Item, Member
from data.obligations.verkom import SchoolMonth, keep_month, school_months
from data.records import Person
from data.store import Tx
from handlers.rules.verkom import is_low, percent
from handlers.speech import say
from messages import spoken
from messages.envelope import Inbound, Outbound, Priority, StaffTo

RULE = "SCH_85"
BY = "sekolah"
SHOWN = 8


def keep(tx: Tx, months: Sequence[SchoolMonth]) -> list[Outbound]:
    """Write the months; returns what the pendamping of the children below the line are told."""
    low: dict[int, list[str]] = defaultdict(list)
    members: dict[int, Member] = {}
    for month in months:
        keep_month(tx.conn, month)
        member = members.get(month.member_id) or tx.obligations.member(month.member_id)
        if member is None:
            continue
        members[member.id] = member
        share = percent(month.effective, month.alpa, month.izin, month.sakit)
        item = Item(member.kpm_id, member.id, RULE, RULE, month.month)
        said = Claim.NOT_DONE if is_low(share) else Claim.DONE
        if (was := tx.obligations.claim(item, said, BY)) is not said:
            subject = f"member:{item.member_id}:{item.series}:{item.occurrence}"
            tx.audit.write(BY, "obligation.claim", subject, was, said, "daftar dari sekolah")
        kpm = tx.people.kpm(member.kpm_id)
        if is_low(share) and kpm is not None:
            kelompok = tx.people.kelompok(kpm.kelompok_id)
            name = f"{member.name} ({kpm.name}) {spoken.month_name(month.month)[:3]} {share} %"
            if kelompok.pendamping_id is not None:
                low[kelompok.pendamping_id].append(name)
    tx.audit.write("cli", "school.import", "school", None, f"{len(months)} bulan anak")
    return [_told(tx, staff_id, names) for staff_id, names in sorted(low.items())]


def _told(tx: Tx, staff_id: int, names: Sequence[str]) -> Outbound:
    more = f", dan {len(names) - SHOWN} lagi" if len(names) > SHOWN else ""
    person = tx.people.staff(staff_id)
    assert person is not None  # noqa: S101  a kelompok names her
    params = {"names": f"{', '.join(names[:SHOWN])}{more}"}
    return Outbound(StaffTo(person.id), "obligations.staff.school_low", params, priority=Priority.CHANGE)


def on_low(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """'Ingatkan keluarga': the children whose newest month is low are marked, and the usual reminder follows."""
    kelompoks = tx.people.kelompok_in_scope(who.staff) if who.staff else []
    if msg.button != "school.tell":
        return [say(msg, "obligations.staff.school_left")]
    today = msg.at.astimezone(kelompoks[0].zone).date() if kelompoks else msg.at.date()
    marked = 0
    for kelompok in kelompoks:
        ids = [kpm.id for kpm in tx.people.families(kelompok.id)]
        members = [m for mine in tx.obligations.members(ids).values() for m in mine]
        newest = {m.member_id: m for m in school_months(tx.conn, [m.id for m in members], _three_months(today))}
        for member in members:
            month = newest.get(member.id)
            if month and is_low(percent(month.effective, month.alpa, month.izin, month.sakit)) and not member.at_risk:
                tx.obligations.change_member(member.id, at_risk=True)
                tx.obligations.queue.look_again(member.kpm_id)
                marked += 1
    return [say(msg, "obligations.staff.school_marked", count=str(marked))]


def _three_months(today: date) -> list[str]:
    number = today.year * 12 + today.month - 1
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(number - 3, number + 1)]
