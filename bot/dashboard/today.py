"""What is there to do today, and how does this month look?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import Ask
from bot.dashboard.paper import PRIVATE
from data.records import Role, Staff
from data.scoped import Planned
from data.store import Tx
from data.summary import Recap
from handlers.rules.attendance import begun

UNFILLED = timedelta(days=62)
AHEAD = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Today:
    now: datetime
    today: list[Planned]
    unfilled: list[Planned]
    coming: list[Planned]
    recap: Recap
    without: list[str]
    questions: int


async def home(ask: Ask) -> Response:
    """Everybody's own first page."""
    where = "hari-ini" if ask.who.role is Role.PENDAMPING else "ringkasan"
    return RedirectResponse(f"/dasbor/{where}", 303, headers=PRIVATE)


async def menu(ask: Ask) -> Response:
    """On a small phone: everything that the bar has no room for."""
    return ask.page("menu.html", title="Menu")


async def page(ask: Ask) -> Response:
    found = await ask.look(lambda tx: _today(tx, ask.who))
    return ask.page("hari-ini.html", title="Hari ini", d=found, may=lambda p: begun(p.starts, p.cancelled, found.now))


def _today(tx: Tx, who: Staff) -> Today:
    now = tx.now.astimezone(tx.scoped.zone(who))
    every = tx.scoped.meetings(who, tx.now - UNFILLED, tx.now + AHEAD)
    standing = [p for p in every if not p.cancelled]
    month = f"{now:%Y-%m}"
    recap = tx.summary.recap(month, "kelompok", who)
    return Today(
        now,
        [p for p in every if p.starts.date() == now.date()],
        [p for p in standing if p.ends < now and p.starts.date() < now.date() and p.closed is None],
        [p for p in standing if p.starts.date() > now.date()],
        recap,
        [line.name for line in recap.rows if line.planned == line.cancelled],
        tx.scoped.open_questions(who),
    )
