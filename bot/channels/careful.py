"""How is JSON read that anybody may have written? Each function takes anything and never raises."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"\+?[0-9]{5,20}")
_NO_DIGIT = re.compile(r"[^0-9]")
_LATEST = 253_402_300_799  # the last second of the year 9999
LONGEST_NAME = 160
"""Characters of the columns that keep what platforms call their events, messages and people."""


def table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def words(value: object) -> str:
    """The text, without what no database can keep: half characters and NUL."""
    if isinstance(value, int) and not isinstance(value, bool):
        number = whole(value)
        return "" if number is None else str(number)
    if not isinstance(value, str):
        return ""
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode("utf-8")
    return value.replace("\0", "")


def named(value: object) -> str:
    """What the platform calls something. A name that fits no column becomes its digest: the same one each time."""
    text = words(value)
    return text if len(text) <= LONGEST_NAME else hashlib.sha256(text.encode()).hexdigest()


def whole(value: object) -> int | None:
    """A whole number that fits into a table's column."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -(10**18) < value < 10**18 else None
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else None


def digits(value: object) -> str | None:
    """A number's digits without the plus; None where the platform gives an id with letters instead."""
    text = words(value)
    return text.removeprefix("+") if _NUMBER.fullmatch(text) else None


def phone(value: object) -> str | None:
    """A shared contact's number: with its plus sign, unless it is written the way people dial at home (0811 …)."""
    found = _NO_DIGIT.sub("", words(value))
    return None if not found else found if found.startswith("0") else f"+{found}"


def moment(value: object, received: datetime) -> datetime:
    """The platform's time, never in the future; where it names none, the time we received it."""
    seconds = whole(value)
    if seconds is None or not 0 < seconds <= _LATEST:
        return received
    return min(datetime.fromtimestamp(seconds, UTC), received)


def fingerprint(value: object) -> str:
    """A name for an event that came without one: the same event has it again."""
    try:
        text = json.dumps(value, sort_keys=True, default=str)
    except RecursionError:
        text = "nested too deep to name"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def coordinates(latitude: object, longitude: object) -> str | None:
    """'-2.331200,115.463400'; None for what is no place on earth."""
    places = []
    for value, most in ((latitude, 90), (longitude, 180)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            return None
        places.append(f"{value:.6f}")
    return ",".join(places)
