"""Which months are meant: one, or a triwulan; and what came before?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from messages import spoken

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
QUARTER = re.compile(r"(20\d\d)-T([1-4])")


@dataclass(frozen=True, slots=True)
class Period:
    """`key` is what stands in the address: '2026-11' or '2026-T4'."""

    key: str
    months: Sequence[str]

    @property
    def quarter(self) -> bool:
        return len(self.months) > 1

    @property
    def name(self) -> str:
        if not self.quarter:
            return spoken.month_name(self.months[0])
        year, _, number = self.key.partition("-T")
        return f"Triwulan {number} {year}"

    @property
    def before(self) -> Period:
        return self._moved(-1)

    @property
    def after(self) -> Period:
        return self._moved(1)

    def _moved(self, by: int) -> Period:
        if self.quarter:
            return _quarter_of(add(self.months[0], 3 * by))
        month = add(self.key, by)
        return Period(month, [month])

    @property
    def month(self) -> str:
        """Its last month."""
        return self.months[-1]

    @property
    def as_quarter(self) -> str:
        return _quarter_of(self.months[-1]).key

    def twelve(self) -> Sequence[str]:
        """A year of months up to its last."""
        return [add(self.month, -n) for n in range(11, -1, -1)]


def read(words: str, now: datetime) -> Period:
    """What an address asks for; this month for anything else. `now` is local."""
    if MONTH.fullmatch(words):
        return Period(words, [words])
    if found := QUARTER.fullmatch(words):
        return _quarter_of(f"{found[1]}-{int(found[2]) * 3:02}")
    month = f"{now:%Y-%m}"
    return Period(month, [month])


def _quarter_of(month: str) -> Period:
    number = (int(month[5:]) + 2) // 3
    return Period(f"{month[:4]}-T{number}", [f"{month[:4]}-{number * 3 - 2 + n:02}" for n in range(3)])


def add(month: str, number: int) -> str:
    """'2026-11' and 2: '2027-01'."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + number
    return f"{count // 12}-{count % 12 + 1:02}"
