"""When does "hadir" count, and as what? Both sides of every edge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.records import Kind, Meeting, StaffId
from handlers.rules.attendance import (
    Claim,
    NoMeeting,
    Promise,
    TooLate,
    check_in_opens,
    judge_hadir,
    judge_meeting,
    may_mark,
)

WITA = ZoneInfo("Asia/Makassar")
DAY = datetime(2026, 11, 28, tzinfo=WITA)


def meeting(starts: datetime, id: int = 1, *, cancelled: bool = False) -> Meeting:
    start = starts.astimezone(UTC)
    ends = start + timedelta(hours=2)
    return Meeting(
        id, Kind.P2K2, start, ends, "Balai", "P2", "P2", "4821", cancelled, "", 0, start, 0, StaffId(1), (1,), WITA
    )


NINE = meeting(DAY.replace(hour=9))
LAST_MONTH = meeting(DAY.replace(month=10, hour=9), 2)
NEXT_WEEK = meeting(DAY.replace(hour=9) + timedelta(days=7), 3)


def on_that_day(clock: str) -> datetime:
    hour, minute, *second = map(int, clock.split(":"))
    return DAY.replace(hour=hour, minute=minute, second=second[0] if second else 0)


@pytest.mark.parametrize(
    ("clock", "verdict"),
    [
        ("00:00", Promise(NINE)),
        ("08:29:59", Promise(NINE)),
        ("08:30", Claim(NINE)),
        ("09:05", Claim(NINE)),
        ("11:00", Claim(NINE)),
        ("11:00:01", TooLate(NINE)),
    ],
)
def test_hadir_is_read_by_the_clock(clock, verdict):
    at = on_that_day(clock)
    over = at > NINE.ends
    assert judge_hadir(None if over else NINE, NINE if over else None, at) == verdict
    assert judge_meeting(NINE, at) == verdict


def test_the_evening_before_it_is_a_promise():
    assert judge_hadir(NINE, None, on_that_day("21:00") - timedelta(days=1)) == Promise(NINE)


def test_without_any_meeting_it_is_nothing():
    assert judge_hadir(None, None, on_that_day("09:00")) == NoMeeting()


@pytest.mark.parametrize(
    ("later", "verdict"), [(timedelta(hours=24), TooLate(NINE)), (timedelta(hours=24, seconds=1), NoMeeting())]
)
def test_a_word_about_a_meeting_that_is_over_is_a_note_for_a_day(later, verdict):
    assert judge_hadir(None, NINE, NINE.ends + later) == verdict


def test_last_month_s_meeting_is_forgotten_and_the_next_one_is_meant():
    assert judge_hadir(NINE, LAST_MONTH, on_that_day("07:00")) == Promise(NINE)


def test_right_after_a_meeting_its_end_is_nearer_than_the_next_start():
    assert judge_hadir(NEXT_WEEK, NINE, on_that_day("12:00")) == TooLate(NINE)


@pytest.mark.parametrize(("clock", "verdict"), [("11:59:59", "note"), ("12:00", "note"), ("12:00:01", "promise")])
def test_of_two_meetings_on_one_day_the_nearer_is_meant(clock, verdict):
    at_one = meeting(on_that_day("13:00"), 4)
    expected = TooLate(NINE) if verdict == "note" else Promise(at_one)
    assert judge_hadir(at_one, NINE, on_that_day(clock)) == expected


def test_check_in_opens_half_an_hour_before():
    assert check_in_opens(NINE) == on_that_day("08:30")


@pytest.mark.parametrize(("clock", "may"), [("08:59:59", False), ("09:00", True), ("23:00", True)])
def test_a_register_is_marked_from_the_start_on(clock, may):
    assert may_mark(NINE, on_that_day(clock)) is may


def test_a_cancelled_meeting_has_no_register():
    assert not may_mark(meeting(DAY.replace(hour=9), cancelled=True), on_that_day("10:00"))
