"""The koordinator's page: who met, who came, who is falling away, from the kabupaten down to one kelompok."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.responses import Response

from bot.dashboard import achieved, charts
from bot.dashboard.achieved import Seen as Achieved
from bot.dashboard.documents import whole
from bot.dashboard.door import Ask
from bot.dashboard.spot import Spot, change, spot_of
from data.content.sessions import sessions
from data.covered import Covered
from data.overview import Part, Sums, Unmet
from data.reported import Counted, Reported
from data.store import Tx
from handlers.speech import REASONS

SHOWN = 40
"""Groups without a meeting that are named; the others come further down."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything on the page, true at one moment."""

    spot: Spot
    now: datetime
    total: Sums
    before: Sums
    parts: Sequence[Part]
    trend: Mapping[str, Sums]
    unmet: Sequence[Unmet]
    reasons: Sequence[tuple[str, int]]
    done: Achieved
    reports: Counted


async def page(ask: Ask) -> Response:
    await achieved.freshen(ask, "/dasbor/ringkasan", achieved.NEVER)
    seen = await ask.look(lambda tx: _seen(tx, ask))
    months = seen.spot.period.twelve()
    return ask.page(
        "ringkasan.html",
        title=f"Ringkasan {seen.spot.period.name}",
        d=seen,
        s=seen.spot,
        percent=charts.percent,
        change=change,
        came=charts.attendance(months, seen.trend),
        met=charts.meetings(months, seen.trend),
        WORDS=charts.WORDS,
        FORMS=achieved.FORMS,
        reports=replace(seen.spot, page="/dasbor/belum-lapor").link(),
        SHOWN=SHOWN,
        whole=whole(ask.who),
    )


async def covered(ask: Ask) -> Response:
    """Which sessions were held, in how many kelompok."""

    def look(tx: Tx) -> tuple[Spot, list[Covered], datetime]:
        spot, now = spot_of(tx, ask, "/dasbor/sesi")
        return spot, tx.overview.sessions(ask.who, spot.by, spot.where), now

    spot, lines, now = await ask.look(look)
    return ask.page("sesi.html", title="Sesi", s=spot, lines=lines, sessions=sessions(), now=now)


async def unreported(ask: Ask) -> Response:
    """Which meetings were held and have no finished report."""

    def look(tx: Tx) -> tuple[Spot, datetime, Counted, list[Reported]]:
        spot, now = spot_of(tx, ask, "/dasbor/belum-lapor")
        asked = (ask.who, spot.period.months, spot.where)
        return spot, now, tx.reported.counted(*asked), tx.reported.missing(*asked, SHOWN)

    spot, now, counted, lines = await ask.look(look)
    back = replace(spot, page="/dasbor/ringkasan").link()
    return ask.page("belum-lapor.html", title="Laporan", s=spot, t=counted, lines=lines, now=now, back=back)


def _seen(tx: Tx, ask: Ask) -> Seen:
    spot, now = spot_of(tx, ask, "/dasbor/ringkasan")
    when, where, look = spot.period, spot.where, tx.overview
    parts = look.parts(ask.who, when.months, spot.by, where)
    before = look.parts(ask.who, when.before.months, spot.by, where)
    reasons = look.reasons(ask.who, when.months, where)
    return Seen(
        spot,
        now,
        sum((part.sums for part in parts), Sums()),
        sum((part.sums for part in before), Sums()),
        parts,
        look.trend(ask.who, when.twelve(), where),
        look.unmet(ask.who, when.month, where),
        sorted(((REASONS.get(code, "tidak menyebut alasan"), n) for code, n in reasons.items())),
        achieved.seen(tx, ask, replace(spot, page="/dasbor/capaian"), now, lines=False),
        tx.reported.counted(ask.who, when.months, where),
    )
