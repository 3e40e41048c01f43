"""'Sabtu kedua 09.00 tiap bulan' on a page: chosen with a schedule, spoken of before it is kept, and ended."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import RedirectResponse, Response

from bot.dashboard.door import Ask, Missing
from bot.dashboard.paper import PRIVATE
from data.store import Tx
from handlers import meetings
from handlers.meetings import Plan


async def stop_repeating(ask: Ask) -> Response:
    """'Tiap bulan' is not proposed any longer."""
    number = ask.number("kelompok")

    def work(tx: Tx) -> None:
        kelompok = tx.scoped.kelompok(ask.who, number)
        if kelompok is None:
            raise Missing
        meetings.forget(tx, ask.who, kelompok)

    await ask.write(work)
    return RedirectResponse("/dasbor/jadwal", 303, headers=PRIVATE)


def every(ask: Ask, wanted: Plan) -> tuple[int, int] | None:
    """'Sabtu kedua' or 'Sabtu terakhir' of every month, where that was chosen."""
    if ask.sent.get("ulang") not in {"ke", "akhir"}:
        return None
    day = wanted.starts.astimezone(wanted.kelompoks[0].zone).date()
    return meetings.every_of(day, last=ask.sent["ulang"] == "akhir")


def fault(ask: Ask, wanted: Plan) -> tuple[str, Mapping[str, object]] | None:
    """Why this meeting cannot come back each month."""
    if not ask.sent.get("ulang"):
        return None
    if len(wanted.kelompoks) > 1:
        return "meetings.monthly.joint", {}
    return ("meetings.monthly.unlike", {}) if every(ask, wanted) is None else None


def said(ask: Ask, wanted: Plan) -> str:
    found = every(ask, wanted)
    if found is None:
        return ""
    return f"\nTiap bulan {meetings.named(found)}: bulan berikutnya diusulkan dulu, tidak dikirim sendiri."
