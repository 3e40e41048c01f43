"""When may a family hear from us unasked, and how much is too much? Every edge minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records import Hours
from handlers.rules.courtesy import change_at, may_speak, next_allowed, room_beside_meetings, too_much

WITA = ZoneInfo("Asia/Makassar")
WIT = ZoneInfo("Asia/Jayapura")
HOURS = Hours()
THURSDAY, FRIDAY, SATURDAY = "2026-11-26", "2026-11-27", "2026-11-28"


def at(words: str, zone: ZoneInfo = WITA) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (f"{THURSDAY} 07:59:59", False),
        (f"{THURSDAY} 08:00", True),
        (f"{THURSDAY} 17:59:59", True),
        (f"{THURSDAY} 18:00", False),
        (f"{THURSDAY} 19:29:59", False),
        (f"{THURSDAY} 19:30", True),
        (f"{THURSDAY} 19:59:59", True),
        (f"{THURSDAY} 20:00", False),
        (f"{THURSDAY} 00:00", False),
        (f"{THURSDAY} 11:30", True),
        (f"{FRIDAY} 11:29:59", True),
        (f"{FRIDAY} 11:30", False),
        (f"{FRIDAY} 13:29:59", False),
        (f"{FRIDAY} 13:30", True),
        (f"{SATURDAY} 12:00", True),
    ],
)
def test_the_quiet_hours_minute_by_minute(moment, may):
    assert may_speak(at(moment), WITA, HOURS) is may


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (f"{THURSDAY} 05:00", f"{THURSDAY} 08:00"),
        (f"{THURSDAY} 08:00", f"{THURSDAY} 08:00"),
        (f"{THURSDAY} 10:07", f"{THURSDAY} 10:07"),
        (f"{THURSDAY} 18:00", f"{THURSDAY} 19:30"),
        (f"{THURSDAY} 20:00", f"{FRIDAY} 08:00"),
        (f"{THURSDAY} 23:59", f"{FRIDAY} 08:00"),
        (f"{FRIDAY} 11:30", f"{FRIDAY} 13:30"),
        (f"{FRIDAY} 20:15", f"{SATURDAY} 08:00"),
        ("2026-12-31 21:00", "2027-01-01 08:00"),
    ],
)
def test_the_next_allowed_minute(asked, allowed):
    assert next_allowed(at(asked), WITA, HOURS) == at(allowed)


def test_the_family_s_own_clock_counts():
    eight_in_papua = at(f"{THURSDAY} 08:00", WIT)
    assert may_speak(eight_in_papua, WIT, HOURS)
    assert not may_speak(eight_in_papua, WITA, HOURS)


def test_other_hours_are_kept():
    hours = Hours("09:00", "17:00", ("12:00", "13:00"), ("11:00", "14:00"))
    assert next_allowed(at(f"{THURSDAY} 08:30"), WITA, hours) == at(f"{THURSDAY} 09:00")
    assert next_allowed(at(f"{THURSDAY} 12:10"), WITA, hours) == at(f"{THURSDAY} 13:00")
    assert next_allowed(at(f"{FRIDAY} 12:10"), WITA, hours) == at(f"{FRIDAY} 14:00")
    assert next_allowed(at(f"{THURSDAY} 17:00"), WITA, hours) == at(f"{FRIDAY} 09:00")


def test_hours_that_never_allow_a_letter_are_a_fault_of_ours():
    with pytest.raises(ValueError, match="never allow"):
        next_allowed(at(f"{THURSDAY} 10:00"), WITA, Hours("08:00", "08:00"))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))
def test_the_next_allowed_minute_is_allowed_and_never_earlier(naive):
    moment = naive.replace(tzinfo=UTC)
    found = next_allowed(moment, WITA, HOURS)
    assert found >= moment
    assert may_speak(found, WITA, HOURS)
    assert found - moment <= timedelta(hours=12)


@pytest.mark.parametrize(
    ("now", "starts", "told"),
    [
        (f"{THURSDAY} 10:00", f"{SATURDAY} 09:00", f"{THURSDAY} 10:00"),
        (f"{THURSDAY} 21:00", f"{SATURDAY} 09:00", f"{FRIDAY} 08:00"),
        (f"{THURSDAY} 21:00", f"{FRIDAY} 09:00", f"{FRIDAY} 08:00"),
        (f"{THURSDAY} 21:00", f"{FRIDAY} 08:59", f"{THURSDAY} 21:00"),
        (f"{THURSDAY} 21:29", f"{FRIDAY} 07:00", f"{THURSDAY} 21:29"),
        (f"{THURSDAY} 21:30", f"{FRIDAY} 07:00", f"{FRIDAY} 05:00"),
        (f"{THURSDAY} 23:59", f"{FRIDAY} 07:00", f"{FRIDAY} 05:00"),
        (f"{FRIDAY} 04:59", f"{FRIDAY} 07:00", f"{FRIDAY} 05:00"),
        (f"{FRIDAY} 05:00", f"{FRIDAY} 07:00", f"{FRIDAY} 05:00"),
        (f"{FRIDAY} 12:00", f"{FRIDAY} 14:00", f"{FRIDAY} 12:00"),
        (f"{FRIDAY} 12:00", f"{FRIDAY} 14:30", f"{FRIDAY} 13:30"),
        (f"{THURSDAY} 18:30", f"{THURSDAY} 20:00", f"{THURSDAY} 18:30"),
    ],
)
def test_a_change_is_told_in_time_for_staying_at_home(now, starts, told):
    assert change_at(at(now), at(starts), WITA, HOURS) == at(told)


@pytest.mark.parametrize(
    ("week", "meeting", "much"), [(0, 0, False), (1, 1, False), (1, 2, True), (2, 0, True), (2, 2, True), (0, 2, True)]
)
def test_two_letters_a_meeting_and_two_a_week(week, meeting, much):
    assert too_much(week, meeting) is much


@pytest.mark.parametrize(
    ("week", "taught", "may"), [(0, 0, True), (1, 0, True), (1, 1, False), (2, 0, False), (2, 1, False)]
)
def test_one_letter_a_week_teaches_and_one_stays_free_for_a_meeting(week, taught, may):
    assert room_beside_meetings(week, taught) is may
