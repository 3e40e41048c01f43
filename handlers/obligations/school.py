"""School months: what the school wrote becomes a word, low months are shown to the pendamping, who alone decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from data.obligations import Claim, Item, Member, SchoolMonth
from data.obligations.verkom import keep_month
from data.records import Person
from data.store import Tx
from handlers.rules.verkom import is_low, low_below, percent
from handlers.speech import not_theirs, say
from messages import spoken
from messages.envelope import Inbound, Outbound, Priority, StaffId, StaffTo

RULE = "SCH_85"
BY = "sekolah"
TOGETHER = 8
"""Children in one letter: she decides about those whose names she reads."""


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
        if is_low(share):
            low[member.id].append(f"{spoken.month_name(month.month)[:3]} {share} %")
    tx.audit.write("cli", "school.import", "school", None, f"{len(months)} bulan anak")
    return _told(tx, [members[member_id] for member_id in low], low)


def _told(tx: Tx, children: Sequence[Member], low: Mapping[int, Sequence[str]]) -> list[Outbound]:
    by_staff: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for child in children:
        kpm = tx.people.kpm(child.kpm_id)
        pendamping = tx.people.kelompok(kpm.kelompok_id).pendamping_id if kpm else None
        if kpm is not None and pendamping is not None:
            by_staff[pendamping].append((child.id, f"{child.name} ({kpm.name}) {' '.join(low[child.id])}"))
    letters = []
    for staff_id, named in sorted(by_staff.items()):
        for first in range(0, len(named), TOGETHER):
            part = named[first : first + TOGETHER]
            params = {"names": ", ".join(name for _, name in part), "limit": str(low_below())}
            params["ref"] = ".".join(str(member_id) for member_id, _ in part)
            to = StaffTo(StaffId(staff_id))
            letters.append(Outbound(to, "obligations.staff.school_low", params, priority=Priority.CHANGE))
    return letters


def on_low(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """'Ingatkan keluarga': the children of this letter are marked, and the usual reminder follows."""
    word, _, ref = (msg.button or "").partition(":")
    if word != "school.tell":
        return [say(msg, "obligations.staff.school_left")]
    mine = {kelompok.id for kelompok in tx.people.kelompok_in_scope(who.staff)} if who.staff else set()
    marked = 0
    for member_id in filter(str.isdecimal, ref.split(".")):
        child = tx.obligations.member(int(member_id))
        kpm = tx.people.kpm(child.kpm_id) if child else None
        if child is not None and kpm is not None and kpm.kelompok_id in mine:
            tx.obligations.change_member(child.id, at_risk=True)
            tx.obligations.queue.look_again(child.kpm_id)
            marked += 1
    answer = say if marked else not_theirs
    return [answer(msg, "obligations.staff.school_marked", count=str(marked))]
