"""Quizzes, practices and obligations, from the kabupaten down to one kelompok: how many, of how many, counted when?"""

from __future__ import annotations

from starlette.responses import Response

from bot.dashboard import achieved, charts
from bot.dashboard.door import Ask
from bot.dashboard.spot import change, spot_of

HERE = "/dasbor/capaian"


async def page(ask: Ask) -> Response:
    await achieved.freshen(ask, HERE)
    seen = await ask.look(lambda tx: achieved.seen(tx, ask, *spot_of(tx, ask, HERE)))
    return ask.page(
        "capaian.html",
        title=f"Kuis dan kewajiban {seen.spot.period.name}",
        d=seen,
        s=seen.spot,
        percent=charts.percent,
        change=change,
        U=seen.understood,
        FORMS=achieved.FORMS,
    )
