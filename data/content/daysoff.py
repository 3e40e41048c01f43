"""Is this a public holiday? The national calendar, and the overrides of this kabupaten."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files

import holidays


@lru_cache(maxsize=1)
def _overrides() -> dict[str, str]:
    text = files("data.content").joinpath("holidays.toml").read_text(encoding="utf-8")
    return {str(day): str(name) for day, name in tomllib.loads(text)["days"].items()}


@lru_cache(maxsize=8)
def _national(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("ID", years=year, language="id")


def day_off(day: date) -> str | None:
    """The name of the holiday in Indonesian, or None on an ordinary day."""
    return _overrides().get(day.isoformat()) or _national(day.year).get(day)
