"""What does the bot say by itself? The letters of a meeting, and what staff should not forget."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.people import Reach
from data.records import Kelompok, Kpm, Meeting, Role
from data.store import Tx
from handlers.rules.attendance import CHECK_IN_OPENS, check_in_opens
from handlers.rules.courtesy import WEEK, next_allowed, too_much
from handlers.rules.reminders import MORNING, Due, Step, concerns, most_useful, plan, still_useful
from handlers.speech import day, names_of, ref, time, what
from messages import spoken
from messages.envelope import KpmId, Outbound, Priority, StaffTo

MEETINGS_AT_ONCE = 10
"""About 30 families each: one transaction stays under 500 letters, so replies never wait long (HOUSE 8)."""

TWENTIETH = 20
KEYS = {
    Step.INVITATION: "reminders.meeting.invitation",
    Step.DAY_BEFORE: "reminders.meeting.day_before",
    Step.LAST: "reminders.meeting.today",
}


def tick_letters(tx: Tx) -> bool:
    """Put the letters of every step that is due; True when more wait than fit into one transaction."""
    meetings = tx.meetings.steps_due(MEETINGS_AT_ONCE)
    for meeting in meetings:
        allowed = next_allowed(tx.now, meeting.zone, tx.settings.hours())
        if allowed > tx.now:
            # Whom a letter is for is decided when it may be said: who declines in the evening is not asked at dawn.
            tx.meetings.step_done(meeting, meeting.step, allowed)
            continue
        steps = plan(meeting.starts, meeting.announced, meeting.zone)
        due = [step for step in steps[meeting.step :] if step.at <= tx.now]
        if due and still_useful(one := most_useful(due), tx.now, meeting.starts, meeting.zone):
            _put_step(tx, meeting, one)
        following = meeting.step + max(len(due), 1)
        tx.meetings.step_done(meeting, following, steps[following].at if following < len(steps) else None)
    return len(meetings) == MEETINGS_AT_ONCE


def _put_step(tx: Tx, meeting: Meeting, due: Due) -> None:
    about = f"meeting:{meeting.id}"
    known = tx.outbox.reminders_about(about)
    moved = f"moved:{meeting.id}:{meeting.revision}:"
    asked_again = {kpm_id for kpm_id, once in tx.outbox.names_about(about) if once and once.startswith(moved)}
    letters_about: dict[int, int] = {}
    for kpm_id in known:
        letters_about[kpm_id] = letters_about.get(kpm_id, 0) + 1
    reach = tx.people.reachable(meeting.kelompok_ids)
    this_week = tx.outbox.unasked_since([k.id for r in reach for k in r.kpms], tx.now - WEEK)

    def wants(kpm: Kpm) -> bool:
        said = tx.attendance.said(meeting.id, kpm.id)
        if not concerns(due.step, said.answer) or (due.step is Step.INVITATION and kpm.id in asked_again):
            return False
        return not too_much(this_week.get(kpm.id, 0), letters_about.get(kpm.id, 0))

    for one in reach:
        if kpms := [kpm for kpm in one.kpms if wants(kpm)]:
            tx.outbox.put(_letter(meeting, due, one, kpms, tx.now))


def _letter(meeting: Meeting, due: Due, to: Reach, kpms: list[Kpm], at: datetime) -> Outbound:
    key = KEYS[due.step]
    midnight = meeting.local.replace(hour=0, minute=0, second=0, microsecond=0)
    says_tomorrow = due.step is not Step.INVITATION and at < midnight
    if due.step is Step.LAST and says_tomorrow:
        key = "reminders.meeting.tomorrow_early"
    params = {"names": names_of(kpms), "what": what(meeting), "time": time(meeting), "place": meeting.place}
    if due.step is Step.INVITATION:
        params["day"] = day(meeting)
    return Outbound(
        to.address,
        key,
        {**params, "ref": ref(meeting)},
        once=f"reminder:meeting:{meeting.id}:r{meeting.revision}:{due.step}:address:{to.address_id}",
        priority=Priority.REMINDER,
        not_before=at,
        expires=midnight if says_tomorrow else meeting.starts,
        about=f"meeting:{meeting.id}",
        unasked=True,
        kpms=[KpmId(kpm.id) for kpm in kpms],
    )


# --- staff


def tick_check_in(tx: Tx) -> bool:
    """When check-in opens the register is frozen and the pendamping gets the code of the day."""
    for meeting_id, kelompok_id in tx.meetings.unfrozen(
        tx.now - timedelta(days=1), tx.now + CHECK_IN_OPENS + timedelta(seconds=1)
    ):
        meeting = tx.meetings.get(meeting_id)
        if meeting is None or check_in_opens(meeting) > tx.now:
            continue
        tx.attendance.open_register(meeting, kelompok_id)
        if meeting.ends > tx.now:
            kelompok = tx.people.kelompok(kelompok_id)
            params = {"kelompok": kelompok.name, "code": meeting.code}
            once = f"code:{meeting.id}:r{meeting.revision}:{kelompok_id}"
            _to_staff(tx, meeting.pendamping_id, "reminders.meeting.code", params, once, meeting.ends)
    return False


def tick_daily(tx: Tx) -> bool:
    """Once a day in the morning of each kabupaten: registers of yesterday, and on the 20th groups without a meeting."""
    kelompoks = {k.id: k for k in tx.people.every_kelompok()}
    for zone in {k.zone for k in kelompoks.values()}:
        local = tx.now.astimezone(zone)
        if local.hour != MORNING.hour:
            continue
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        here = {i: k for i, k in kelompoks.items() if k.zone == zone}
        for meeting_id, kelompok_id in tx.meetings.unfilled(midnight - timedelta(days=1), midnight):
            meeting = tx.meetings.get(meeting_id)
            if meeting is not None and kelompok_id in here:
                params = {"kelompok": here[kelompok_id].name, "day": spoken.short_date(meeting.local.date())}
                once = f"unfilled:{meeting_id}:{kelompok_id}"
                expires = midnight + timedelta(hours=20)
                _to_staff(tx, meeting.pendamping_id, "reminders.meeting.unfilled", params, once, expires)
        if local.day == TWENTIETH:
            _none_yet(tx, here, local, midnight + timedelta(hours=20))
    return False


def _none_yet(tx: Tx, here: dict[int, Kelompok], local: datetime, expires: datetime) -> None:
    month = f"{local:%Y-%m}"
    missing = tx.meetings.without_meeting(month)
    by_pendamping: dict[int, list[str]] = {}
    for kelompok in here.values():
        if kelompok.id in missing and kelompok.pendamping_id is not None:
            by_pendamping.setdefault(kelompok.pendamping_id, []).append(kelompok.name)
    for staff_id, names in by_pendamping.items():
        once = f"none_yet:{month}:{staff_id}"
        _to_staff(
            tx, staff_id, "reminders.meeting.none_yet", {"kelompoks": spoken.listed(sorted(names))}, once, expires
        )


def _to_staff(tx: Tx, staff_id: int, key: str, params: dict[str, str], once: str, expires: datetime) -> None:
    person = tx.people.staff(staff_id)
    if person is not None and person.active and person.role is Role.PENDAMPING:
        to = StaffTo(person.id)
        tx.outbox.put(Outbound(to, key, params, once=once, priority=Priority.REMINDER, expires=expires))
