"""Is this a public holiday? The national calendar, and the overrides of this kabupaten."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # large, and asked only where a meeting is planned
    from holidays import HolidayBase


@lru_cache(maxsize=1)
def _overrides() -> dict[str, str]:
    text = files("data.content").joinpath("holidays.toml").read_text(encoding="utf-8")
    return {str(day): str(name) for day, name in tomllib.loads(text)["days"].items()}


@lru_cache(maxsize=8)
def _national(year: int) -> HolidayBase:
    from holidays import country_holidays

    return country_holidays("ID", years=year, language="id")


def day_off(day: date) -> str | None:
    """The name of the holiday in Indonesian, or None on an ordinary day."""
    return _overrides().get(day.isoformat()) or _national(day.year).get(day)
