"""What does a koordinator hear unasked? On Mondays the month so far, on the 1st the month before; with a picture."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.records import Kelompok, Person, Role, Staff
from data.store import Tx
from handlers.rules.reminders import MORNING
from handlers.speech import say
from handlers.summary.answering import chart_rows, spoken_line, usual_level
from messages import spoken
from messages.envelope import Attachment, Inbound, Outbound, Priority, StaffTo

OFF = "digest_off"
MONDAY = 0
USEFUL = timedelta(hours=12)
EVER = timedelta(days=120)


def tick_digest(tx: Tx) -> bool:
    """At 08.00 by the clock of each koordinator's groups; `once` keeps a second look from saying it again. Where no
    meeting was ever planned there is nothing to sum up yet."""
    if not tx.meetings.any_between(tx.now - EVER, tx.now + EVER):
        return False
    for staff in tx.people.every_staff():
        if staff.role is not Role.KOORDINATOR:
            continue
        kelompoks = tx.people.kelompok_in_scope(staff)
        if not kelompoks:
            continue
        local = tx.now.astimezone(kelompoks[0].zone)
        if local.hour != MORNING.hour or is_off(tx, staff):
            continue
        yesterday = local - timedelta(days=1)
        if local.weekday() == MONDAY:
            _put(tx, staff, kelompoks, "mingguan", yesterday, local)
        if local.day == 1:
            _put(tx, staff, kelompoks, "bulanan", yesterday, local)
    return False


def _put(tx: Tx, staff: Staff, kelompoks: list[Kelompok], what: str, upto: datetime, local: datetime) -> None:
    """About the month in which yesterday lies."""
    month, by = f"{upto:%Y-%m}", usual_level(staff)
    recap = tx.summary.recap(month, by, staff)
    without = tx.meetings.without_meeting(month) & {k.id for k in kelompoks}
    begins = upto.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    mine = {k.id for k in kelompoks}
    untold = [k for _, k in tx.reports.missing(begins, local) if k in mine]
    params = {
        "what": what,
        "month": spoken.month_name(month),
        "line": " ".join(spoken_line(recap.total).replace("\n-", ";").split()),
        "without": f"{len(without)} dari {len(kelompoks)}",
        "untold": str(len(untold)),
        "as_of": f"{spoken.short_date(local.date())} {spoken.clock_zone(local)}",
    }
    chart = Attachment("summary_chart", {"month": month, "by": by, "rows": chart_rows(recap)})
    once = f"digest:{what}:{local:%Y-%m-%d}:{staff.id}"
    expires = local + USEFUL
    tx.outbox.put(
        Outbound(
            StaffTo(staff.id),
            "summary.digest",
            params,
            once=once,
            priority=Priority.REMINDER,
            expires=expires,
            attachment=chart,
        )
    )


def is_off(tx: Tx, staff: Staff) -> bool:
    return tx.settings.get(f"{OFF}:{staff.id}") == "1"


def on_ringkasan(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """RINGKASAN MATI or RINGKASAN HIDUP; alone it says which of the two it is."""
    if who.staff is None:
        return []
    word = rest.strip().lower()
    if word in {"mati", "off", "stop"}:
        tx.settings.keep(f"{OFF}:{who.staff.id}", "1")
    elif word in {"hidup", "nyala", "on", "aktif"}:
        tx.settings.keep(f"{OFF}:{who.staff.id}", "0")
    return [say(msg, "summary.digest_off" if is_off(tx, who.staff) else "summary.digest_on")]
