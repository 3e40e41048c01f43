"""What does a reminder say, on which phone, and may it be said openly?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from data.obligations import Line, Member, Posyandu
from data.records import Hours, Kelompok
from data.store import Tx
from handlers.obligations.wording import bundled, item_of, phrases
from handlers.rules.courtesy import next_allowed
from handlers.rules.obligation_reminders import EVENING, Days
from handlers.rules.obligations import DAY, Occurrence
from handlers.speech import names_of, pendamping_of
from messages.envelope import KpmId, Outbound, Priority

KEEPS = timedelta(days=3)
"""A letter that could not go out for so long is not sent any more: the next look finds what is still due."""

CONSENT = "izin_kewajiban"
CONSENT_WAITS = timedelta(days=14)
OPEN_HOURS = 22.0
"""She wrote so lately that WhatsApp still takes our own words when the letter goes."""


@dataclass
class Family:
    """One family of a batch, and what is found to say to it."""

    kpm_id: int
    members: Sequence[Member]
    line: Line | None
    kelompok: Kelompok
    posyandu: Posyandu | None
    days: Days | None
    found: Sequence[tuple[Occurrence, bool]] = ()
    evening: bool = False
    blocked: bool = False
    said: bool = False


@dataclass
class Letters:
    """Writes the letters of one batch; those of one phone are one letter."""

    tx: Tx
    local: datetime

    @cached_property
    def hours(self) -> Hours:
        return self.tx.settings.hours()

    def write(self, families: Sequence[Family]) -> None:
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
        numbers = self.tx.obligations.asked_all(self.local.date(), spoken)
        self.tx.outbox.put_all(
            [
                self._letter(address_id, together, evening, str(number))
                for number, ((address_id, evening), together) in zip(numbers, by_address.items(), strict=True)
            ]
        )

    def _ask_consent(self, family: Family) -> None:
        """Asked when the first is due, and once; what was lost on the way was not asked."""
        line = family.line
        assert line is not None  # noqa: S101  checked by the caller
        once = f"obligation:consent:{line.address_id}"
        self.tx.outbox.free(once)
        letter = self._outbound([family], "obligations.consent.ask", {"names": names_of([line.kpm])}, once)
        if self.tx.outbox.put(letter) is not None:
            self.tx.sessions.keep(line.address_id, CONSENT, {}, CONSENT_WAITS)

    def _letter(self, address_id: int, families: Sequence[Family], evening: bool, number: str) -> Outbound:
        spoken = [pair for family in families for pair in family.found]
        lines = [family.line for family in families if family.line]
        kpms = [line.kpm for line in lines]
        words = {"names": names_of(kpms), "letter": number}
        day = self.local.date()
        once = f"obligation:{day}:address:{address_id}:{evening:d}"
        kelompok = families[0].kelompok
        pendamping = pendamping_of(kelompok)
        self.tx.outbox.known(lines[0].address, address_id)
        if evening and families[0].posyandu:
            params = {**words, "place": place_words(families[0].posyandu), "what": phrases(spoken, day)}
            return self._outbound(families, "obligations.posyandu", params, once)
        if not any(one.rule.private for one, _ in spoken):
            params = {**words, "pendamping": pendamping, "what": bundled(spoken, day)}
            return self._outbound(families, "obligations.reminder", params, once)
        if all(may_speak_openly(line) for line in lines):
            return self._outbound(families, "obligations.opened", {**words, "what": bundled(spoken, day)}, once)
        return self._outbound(families, "obligations.sealed", {**words, "pendamping": pendamping}, once)

    def _outbound(self, families: Sequence[Family], key: str, params: Mapping[str, str], once: str) -> Outbound:
        line = families[0].line
        assert line is not None  # noqa: S101  checked by the caller
        evening = families[0].evening
        zone = self.local.tzinfo
        today = self.local.date()
        wanted = max(self.tx.now, datetime.combine(today, EVENING, zone)) if evening else self.tx.now
        at = next_allowed(wanted, zone, self.hours)  # type: ignore[arg-type]
        noon = datetime.combine(today + DAY, datetime.min.time().replace(hour=12), zone)
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
