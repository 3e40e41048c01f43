"""What does the bot say unasked about obligations? A look at those whose day has come, one letter a week at most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from data.obligations import Kept, Line, Member, Posyandu
from data.obligations.queue import Look
from data.outbox import MEETINGS
from data.records import Kelompok
from data.store import Tx
from handlers.obligations.letters import KEEPS, Family, Letters
from handlers.rules import posyandu
from handlers.rules.courtesy import WEEK
from handlers.rules.obligation_reminders import (
    BORN_ASKED,
    MORNING,
    MOST,
    choose,
    first_look,
    is_time,
    is_urgent,
    may_ask,
    next_look,
    open_for,
    passes,
    room,
    room_for_what_passes,
    soon,
    waits_for_posyandu,
)
from handlers.rules.obligations import DAY, Occurrence, is_over
from handlers.rules.reminders import plan as meeting_plan
from messages.envelope import KpmId, Outbound, Priority, StaffTo

AT_ONCE = 200
"""Members whose day has come, with their families: one transaction stays short, so replies never wait (HOUSE 8)."""

CLOSES = 20
REMINDERS = {f"obligations.{name}" for name in ("posyandu", "reminder", "opened", "sealed")}
"""The letters that are one a week; a question for consent is none of them."""

Name = tuple[int, str, str]


def tick(tx: Tx) -> bool:
    """From nine in the morning of each zone: look at those whose day has come; True when more wait."""
    more = False
    for zone in tx.obligations.queue.zones():
        local = tx.now.astimezone(zone)
        if local.time() >= MORNING and local.hour < CLOSES:
            looks = tx.obligations.queue.due(local.date(), zone, AT_ONCE)
            if looks:
                Morning(tx, local, looks).run()
            more = more or bool(looks)
    return more


@dataclass
class Morning:
    """One batch: read everything at once, decide family by family, write letters by address."""

    tx: Tx
    local: datetime
    looks: Sequence[Look]
    groups: dict[int, Kelompok] = field(default_factory=dict)
    group_of: dict[int, int] = field(default_factory=dict)
    places: dict[int, Posyandu | None] = field(default_factory=dict)
    kept: dict[int, dict[Name, Kept]] = field(default_factory=dict)
    """By member, so that nobody is looked for among those of all the others."""

    @cached_property
    def day(self) -> date:
        return self.local.date()

    def run(self) -> None:
        shelf = self.tx.obligations
        ids = [look.kpm_id for look in self.looks]
        members, lines = shelf.members(ids), shelf.queue.lines(ids)
        self._places(ids, lines)
        for name, known in shelf.kept(ids).items():
            self.kept.setdefault(name[0], {})[name] = known
        letters = self.tx.outbox.unasked_keys_since(ids, self.tx.now - WEEK)
        to_come = self._meeting_letters_ahead()
        nexts: dict[int, date | None] = {}
        families = []
        for look in self.looks:
            mine = members[look.kpm_id]
            family = self._family(look.kpm_id, mine, lines.get(look.kpm_id))
            if look.new and not any(is_urgent(m, self.day) for m in mine if m.id in look.new):
                at = first_look(look.kpm_id, mine, self.day, family.days)
                if at > self.day:
                    nexts |= dict.fromkeys(look.new, at)
                    continue
            self._find(family)
            if family.found and family.line is not None:
                coming = to_come.get(family.line.kpm.kelompok_id, 0)
                family.blocked = not self._has_room(family, letters.get(look.kpm_id, ()), coming)
            self._ask_pendamping(family)
            families.append(family)
        Letters(self.tx, self.local).write(families)
        for family in families:
            nexts |= self._next(family)
        shelf.queue.set_next(nexts)

    def _has_room(self, family: Family, letters: Sequence[str], coming: int) -> bool:
        beside = sum(not key.startswith(MEETINGS) for key in letters)
        if room(len(letters), beside, coming):
            return True
        reminders = sum(key in REMINDERS for key in letters)
        if any(passes(one, self.day) for one, late in family.found if not late):
            return room_for_what_passes(len(letters), reminders)
        return family.evening and room_for_what_passes(len(letters) + coming, reminders)

    def _next(self, family: Family) -> dict[int, date | None]:
        kept = self._kept_of(family)
        if family.said:
            kept |= {one.name: self._spoken_of(one, kept) for one, _ in family.found}
        looked = next_look(family.members, kept, self.day, family.days)
        if not family.blocked:
            return looked
        tomorrow = self.day + DAY
        return {member_id: min(at or tomorrow, tomorrow) for member_id, at in looked.items()}

    def _kept_of(self, family: Family) -> dict[Name, Kept]:
        return {name: one for m in family.members for name, one in self.kept.get(m.id, {}).items()}

    def _spoken_of(self, one: Occurrence, kept: Mapping[Name, Kept]) -> Kept:
        known = kept.get(one.name) or Kept(*one.name)
        return replace(known, reminded=self.day, times=known.times + 1)

    def _family(self, kpm_id: int, members: Sequence[Member], line: Line | None) -> Family:
        kelompok = self.groups[self.group_of[kpm_id]]
        where = self.places[kelompok.desa_id]
        days = partial(posyandu.days, where.pattern) if where else None
        return Family(kpm_id, members, line, kelompok, where, days)

    def _places(self, ids: Sequence[KpmId], lines: Mapping[int, Line]) -> None:
        """The groups of the batch and the posyandu of their desa, read together."""
        self.group_of = {kpm_id: line.kpm.kelompok_id for kpm_id, line in lines.items()}
        self.group_of |= self.tx.obligations.queue.kelompok_of([i for i in ids if i not in lines])
        self.groups = self.tx.people.kelompoks(set(self.group_of.values()))
        desas = {kelompok.desa_id for kelompok in self.groups.values()}
        there = self.tx.obligations.posyandu_in(desas)
        self.places = {desa_id: posyandu.known(there.get(desa_id, ())) for desa_id in desas}

    def _meeting_letters_ahead(self) -> Mapping[int, int]:
        """How many letters of meetings each kelompok is still going to get within the week."""
        until, found = self.tx.now + WEEK, defaultdict[int, int](int)
        zone = self.local.tzinfo
        for kelompok_id, meetings in self.tx.obligations.queue.meetings_ahead(
            self.groups, until + timedelta(days=4)
        ).items():
            for starts, announced, step in meetings:
                steps = meeting_plan(starts, announced, zone)[step:]  # type: ignore[arg-type]
                found[kelompok_id] += min(2, sum(one.at < until for one in steps))
        return found

    # --- decide

    def _find(self, family: Family) -> None:
        if family.line is None or family.line.health is False:
            return
        kept = self._kept_of(family)
        due = [
            (one, late)
            for one, late in open_for([m for m in family.members if not is_over(m, self.day)], kept, self.day)
            if may_ask(one)
        ]
        now = [(o, late) for o, late in due if is_time(o, kept.get(o.name), self.day, family.days)]
        evening = [(o, late) for o, late in now if o.rule.posyandu and family.days is not None]
        pressing = [(o, late) for o, late in now if o.rule.private and not late and o.due_to <= self.day + WEEK]
        if evening and not pressing:
            family.found, family.evening = evening, True
        elif not waits_for_posyandu([o for o, _ in now], self.day, self._next_evening(family, due)):
            family.found = now
        else:
            family.blocked = bool(now)
        if family.found and not family.evening:
            family.found = [*family.found, *((one, False) for one in soon(family.members, kept, self.day))]
        order = {one.name: n for n, one in enumerate(choose([one for one, _ in family.found], kept))}
        most = len(order) if family.evening else MOST
        family.found = sorted(family.found, key=lambda pair: order[pair[0].name])[:most]

    def _next_evening(self, family: Family, due: Sequence[tuple[Occurrence, bool]]) -> date | None:
        if family.days is None or not any(one.rule.posyandu for one, _ in due):
            return None
        return next((at - DAY for at in family.days(self.day + 2 * DAY, self.day + timedelta(days=8))), None)

    def _ask_pendamping(self, family: Family) -> None:
        """After the HPL nobody writes to the mother: the pendamping knows, or will."""
        for member in family.members:
            if not is_over(member, self.day) or member.stopped or member.hpl is None:
                continue
            passed = [n for n in BORN_ASKED if member.hpl + timedelta(days=n) <= self.day]
            kpm, kelompok = self.tx.people.kpm(family.kpm_id), family.kelompok
            if passed and kpm and kelompok.pendamping_id and self.day <= member.hpl + timedelta(weeks=3):
                self.tx.outbox.put(
                    Outbound(
                        StaffTo(kelompok.pendamping_id),
                        "obligations.staff.born",
                        {"who": kpm.called, "kelompok": kelompok.name, "name": kpm.name},
                        once=f"hpl:{member.id}:{member.hpl}:{passed[-1]}",
                        priority=Priority.REMINDER,
                        expires=self.tx.now + KEEPS,
                    )
                )
