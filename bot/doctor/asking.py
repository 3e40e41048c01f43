"""How does the doctor ask over HTTP? Once, patiently, and without a word of what it asked with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.channels.careful import table
from bot.channels.errors import NO_ANSWER
from bot.doctor.finding import Finding, fine, mind

PATIENCE = aiohttp.ClientTimeout(total=15, sock_connect=8)
CLOCK_MAY_BE_OFF = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where nobody answered; then `fault` is the kind of failure, never its words: they may hold the
    address, and Telegram's address holds the token."""

    status: int
    body: Mapping[str, Any]
    fault: str = ""
    drift: timedelta | None = None
    """How far our clock goes ahead of theirs."""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


async def ask(
    session: aiohttp.ClientSession,
    url: str,
    *,
    verb: str = "GET",
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    data: bytes | None = None,
) -> Answer:
    """Never raises for what the other side does or does not do."""
    asked = datetime.now(UTC)
    try:
        async with session.request(
            verb, url, params=params, headers=headers, data=data, timeout=PATIENCE, allow_redirects=False
        ) as response:
            raw = await response.content.read(1_000_000)
    except (*NO_ANSWER, ValueError) as fault:
        return Answer(0, {}, type(fault).__name__)
    return Answer(response.status, _parsed(raw), drift=_drift(response.headers.get("Date"), asked))


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        return table(json.loads(raw))
    except (ValueError, RecursionError):
        return {}


def _drift(date: str | None, asked: datetime) -> timedelta | None:
    """Theirs has whole seconds and was written somewhere between our question and now."""
    try:
        theirs = parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        return None
    ours = asked + (datetime.now(UTC) - asked) / 2
    return ours - theirs.replace(tzinfo=theirs.tzinfo or UTC)


def clock(drifts: Sequence[timedelta], here: str) -> Finding:
    """A wrong clock turns promises into claims, and breaks signatures of links."""
    if not drifts:
        return fine("jam", f"Di sini {here}; tidak ada jam lain untuk dibandingkan.")
    worst = max(drifts, key=abs)
    if abs(worst) <= CLOCK_MAY_BE_OFF:
        return fine("jam", f"Di sini {here}; cocok dengan jam platform.")
    minutes = round(abs(worst).total_seconds() / 60)
    way = "lebih cepat" if worst > timedelta(0) else "lebih lambat"
    return mind(
        "jam", f"Di sini {here}, {minutes} menit {way} dari jam platform: nyalakan NTP (timedatectl set-ntp true)."
    )
