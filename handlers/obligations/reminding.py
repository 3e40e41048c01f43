"""What does the bot say unasked about obligations? A look at those whose day has come, one letter a week at most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from data.obligations import Kept, Line, Member, Posyandu
from data.obligations.queue import Look
from data.records import Hours, Kelompok
from data.store import Tx
from handlers.obligations.wording import bundled, item_of, phrases
from handlers.rules import posyandu as posyandu_days
from handlers.rules.courtesy import WEEK, next_allowed
from handlers.rules.obligation_reminders import (
    BORN_ASKED,
    EVENING,
    MORNING,
    MOST,
    Days,
    choose,
    first_look,
    is_time,
    is_urgent,
    may_ask,
    next_look,
    open_for,
    room,
    waits_for_posyandu,
)
from handlers.rules.obligations import DAY, Occurrence, is_over, occurrences
from handlers.rules.reminders import plan as meeting_plan
from handlers.speech import names_of, pendamping_of
from messages.envelope import KpmId, Outbound, Priority, StaffTo

AT_ONCE = 200
"""Members whose day has come, with their families: one transaction stays short, so replies never wait (HOUSE 8)."""

CLOSES = 20
KEEPS = timedelta(days=3)
"""A letter that could not go out for so long is not sent any more: the next look finds what is still due."""

CONSENT = "izin_kewajiban"
CONSENT_WAITS = timedelta(days=14)
Kepts = Mapping[tuple[int, str, str], Kept]


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
class Family:
    """One family of this batch."""

    kpm_id: int
    members: Sequence[Member]
    line: Line | None
    kelompok: Kelompok | None
    posyandu: Posyandu | None
    days: Days | None
    found: Sequence[tuple[Occurrence, bool]] = ()
    evening: bool = False
    blocked: bool = False
    said: bool = False


@dataclass
class Morning:
    """One batch: read everything at once, decide family by family, write letters by address."""

    tx: Tx
    local: datetime
    looks: Sequence[Look]
    groups: dict[int, Kelompok] = field(default_factory=dict)
    places: dict[int, Sequence[Posyandu]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return self.local.date()

    @cached_property
    def hours(self) -> Hours:
        return self.tx.settings.hours()

    def run(self) -> None:
        shelf = self.tx.obligations
        ids = [look.kpm_id for look in self.looks]
        members, kept, lines = shelf.members(ids), shelf.kept(ids), shelf.queue.lines(ids)
        week_ago = self.tx.now - WEEK
        letters = self.tx.outbox.unasked_since(ids, week_ago)
        beside = self.tx.outbox.beside_meetings_since(ids, week_ago)
        ahead = self._meeting_letters_ahead()
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
            self._find(family, kept)
            if family.found and family.line is not None:
                to_come = ahead.get(family.line.kpm.kelompok_id, 0)
                family.blocked = not room(letters.get(look.kpm_id, 0), beside.get(look.kpm_id, 0), to_come)
            self._ask_pendamping(family)
            families.append(family)
        self._write(families)
        kept |= {one.name: self._spoken_of(one, kept) for f in families if f.said for one, _ in f.found}
        for family in families:
            looked = next_look(family.members, kept, self.day, family.days)
            if family.blocked:
                looked = {i: min(at or self.day + DAY, self.day + DAY) for i, at in looked.items()}
            nexts |= looked
        shelf.queue.set_next(nexts)

    def _spoken_of(self, one: Occurrence, kept: Kepts) -> Kept:
        known = kept.get(one.name) or Kept(*one.name)
        return replace(known, reminded=self.day, times=known.times + 1)

    def _family(self, kpm_id: int, members: Sequence[Member], line: Line | None) -> Family:
        kelompok = self._kelompok(line.kpm.kelompok_id) if line else self._kelompok_of(kpm_id)
        where = self._posyandu(kelompok.desa_id) if kelompok else None
        days = partial(posyandu_days.days, where.pattern) if where else None
        return Family(kpm_id, members, line, kelompok, where, days)

    def _kelompok(self, kelompok_id: int) -> Kelompok:
        if kelompok_id not in self.groups:
            self.groups[kelompok_id] = self.tx.people.kelompok(kelompok_id)
        return self.groups[kelompok_id]

    def _kelompok_of(self, kpm_id: int) -> Kelompok | None:
        kpm = self.tx.people.kpm(kpm_id)
        return self._kelompok(kpm.kelompok_id) if kpm else None

    def _posyandu(self, desa_id: int) -> Posyandu | None:
        if desa_id not in self.places:
            self.places[desa_id] = self.tx.obligations.posyandu_of(desa_id)
        return next(iter(self.places[desa_id]), None)

    def _meeting_letters_ahead(self) -> Mapping[int, int]:
        """How many letters of meetings each kelompok is still going to get within the week."""
        until, found = self.tx.now + WEEK, defaultdict[int, int](int)
        zone = self.local.tzinfo
        for kelompok_id, meetings in self.tx.obligations.queue.meetings_ahead(until + timedelta(days=4)).items():
            for starts, announced, step in meetings:
                steps = meeting_plan(starts, announced, zone)[step:]  # type: ignore[arg-type]
                found[kelompok_id] += min(2, sum(one.at < until for one in steps))
        return found

    # --- decide

    def _find(self, family: Family, kept: Kepts) -> None:
        if family.line is None or family.line.health is False:
            return
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
            family.found = [*family.found, *self._soon(family, kept)]
        order = {one.name: n for n, one in enumerate(choose([one for one, _ in family.found], kept))}
        most = len(order) if family.evening else MOST
        family.found = sorted(family.found, key=lambda pair: order[pair[0].name])[:most]

    def _soon(self, family: Family, kept: Kepts) -> list[tuple[Occurrence, bool]]:
        """Visits of a few days that would be over before the next letter may go."""
        soon = [
            one
            for member in family.members
            for one in occurrences(member, self.day + DAY, self.day + WEEK)
            if one.rule.unit == "hari" and one.due_from > self.day and one.due_to <= self.day + WEEK
        ]
        return [(one, False) for one in soon if one.name not in kept]

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
            if passed and kpm and kelompok and kelompok.pendamping_id and self.day <= member.hpl + timedelta(weeks=3):
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

    # --- say

    def _write(self, families: Sequence[Family]) -> None:
        by_address: dict[tuple[int, bool], list[Family]] = defaultdict(list)
        for family in families:
            if family.line is None or not family.found or family.blocked:
                continue
            if family.line.health is None:
                self._ask_consent(family)
            else:
                family.said = True
                by_address[family.line.address_id, family.evening].append(family)
        spoken = [
            (address_id, [item_of(one) for family in together for one, _ in family.found])
            for (address_id, _), together in by_address.items()
        ]
        numbers = self.tx.obligations.asked_all(self.day, spoken)
        for number, ((address_id, evening), together) in zip(numbers, by_address.items(), strict=True):
            self._letter(address_id, together, evening, str(number))

    def _ask_consent(self, family: Family) -> None:
        """Asked when the first is due, and once."""
        line = family.line
        assert line is not None  # noqa: S101  checked by the caller
        once = f"obligation:consent:{line.address_id}"
        letter = self._outbound([family], "obligations.consent.ask", {"names": names_of([line.kpm])}, once)
        if self.tx.outbox.put(letter) is not None:
            self.tx.sessions.keep(line.address_id, CONSENT, {}, CONSENT_WAITS)

    def _letter(self, address_id: int, families: Sequence[Family], evening: bool, number: str) -> None:
        spoken = [pair for family in families for pair in family.found]
        lines = [family.line for family in families if family.line]
        kpms = [line.kpm for line in lines]
        words = {"names": names_of(kpms), "letter": number}
        once = f"obligation:{self.day}:address:{address_id}:{evening:d}"
        kelompok = families[0].kelompok
        pendamping = pendamping_of(kelompok) if kelompok else "pendamping"
        if evening and families[0].posyandu:
            params = {**words, "place": place_words(families[0].posyandu), "what": phrases(spoken, self.day)}
            letter = self._outbound(families, "obligations.posyandu", params, once)
        elif not any(one.rule.private for one, _ in spoken):
            params = {**words, "pendamping": pendamping, "what": bundled(spoken, self.day)}
            letter = self._outbound(families, "obligations.reminder", params, once)
        elif all(may_speak_openly(line) for line in lines):
            letter = self._outbound(families, "obligations.opened", {**words, "what": bundled(spoken, self.day)}, once)
        else:
            letter = self._outbound(families, "obligations.sealed", {**words, "pendamping": pendamping}, once)
        self.tx.outbox.known(lines[0].address, address_id)
        self.tx.outbox.put(letter)

    def _outbound(self, families: Sequence[Family], key: str, params: Mapping[str, str], once: str) -> Outbound:
        line = families[0].line
        assert line is not None  # noqa: S101  checked by the caller
        evening = families[0].evening
        zone = self.local.tzinfo
        wanted = max(self.tx.now, datetime.combine(self.day, EVENING, zone)) if evening else self.tx.now
        at = next_allowed(wanted, zone, self.hours)  # type: ignore[arg-type]
        noon = datetime.combine(self.day + DAY, datetime.min.time().replace(hour=12), zone)
        return Outbound(
            line.address,
            key,
            params,
            once=once,
            priority=Priority.REMINDER,
            not_before=at,
            expires=noon if evening else self.tx.now + KEEPS,
            about=f"kewajiban:{families[0].kpm_id}",
            unasked=True,
            kpms=[KpmId(family.kpm_id) for family in families],
        )


OPEN_HOURS = 22.0
"""She wrote so lately that WhatsApp still takes our own words when the letter goes."""


def may_speak_openly(line: Line) -> bool:
    """Her own phone, nobody else's, and words that need no template."""
    if not line.alone:
        return False
    return line.address.channel == "telegram" or (line.heard_hours is not None and line.heard_hours < OPEN_HOURS)


def place_words(where: Posyandu) -> str:
    """'posyandu Melati di Balai Desa'."""
    name = where.name if where.name.lower().startswith("posyandu") else f"posyandu {where.name}".strip()
    name = name[:1].lower() + name[1:]
    return f"{name} di {where.place}" if where.place else name
