"""The groups of a pendamping: what was planned and met for each, and the way to its registers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from bot.dashboard.door import Ask, Missing, Refused
from data.content.sessions import SessionContent, next_session
from data.records import Kelompok, Staff
from data.scoped import Planned
from data.store import Tx
from handlers.rules.attendance import begun

BACK = timedelta(days=400)
AHEAD = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Group:
    """One kelompok in the list: its families, its next meeting and its last."""

    kelompok: Kelompok
    families: int
    coming: Planned | None
    last: Planned | None


@dataclass(frozen=True, slots=True)
class OneGroup:
    kelompok: Kelompok
    families: int
    coming: list[Planned]
    past: list[Planned]
    next: SessionContent | None
    now: datetime


async def every(ask: Ask) -> Response:
    groups = await ask.look(lambda tx: _groups(tx, ask.who))
    return ask.page("kelompok-semua.html", title="Kelompok", groups=groups)


async def one(ask: Ask) -> Response:
    found = await ask.look(lambda tx: _group(tx, ask.who, ask.number("kelompok")))
    return ask.page(
        "kelompok.html", title=found.kelompok.name, d=found, may=lambda p: begun(p.starts, p.cancelled, found.now)
    )


def _groups(tx: Tx, who: Staff) -> list[Group]:
    planned = [p for p in tx.scoped.meetings(who, tx.now - BACK, tx.now + AHEAD) if not p.cancelled]
    counts = tx.scoped.family_counts(who)
    return [
        Group(
            kelompok,
            counts.get(kelompok.id, 0),
            next((p for p in planned if p.kelompok_id == kelompok.id and p.ends >= tx.now), None),
            next((p for p in reversed(planned) if p.kelompok_id == kelompok.id and p.ends < tx.now), None),
        )
        for kelompok in tx.people.kelompok_in_scope(who)
    ]


def _group(tx: Tx, who: Staff, kelompok_id: int) -> OneGroup:
    kelompok = tx.scoped.kelompok(who, kelompok_id)
    if kelompok is None:
        raise Missing
    planned = tx.scoped.meetings(who, tx.now - BACK, tx.now + AHEAD, kelompok_id)
    return OneGroup(
        kelompok,
        tx.scoped.family_counts(who).get(kelompok_id, 0),
        [p for p in planned if p.ends >= tx.now],
        [p for p in reversed(planned) if p.ends < tx.now],
        next_session(tx.meetings.sessions_had(kelompok_id)),
        tx.now,
    )


def chosen(tx: Tx, ask: Ask) -> tuple[Kelompok, list[Kelompok]]:
    """The kelompok that the address names, else the first, and all there are. Raises Missing for one of others."""
    kelompoks = tx.people.kelompok_in_scope(ask.who)
    if not kelompoks:
        raise Refused(404, "Belum ada kelompok dampingan untuk Anda.")
    wanted = ask.query("kelompok")
    found = next((k for k in kelompoks if not wanted or str(k.id) == wanted), None)
    if found is None:
        raise Missing
    return found, kelompoks
