"""Which letters does a meeting send, when, and to whom?"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records import Answer
from handlers.rules.reminders import LAST_CALL, Due, Step, concerns, most_useful, plan, still_useful

WITA = ZoneInfo("Asia/Makassar")
LONG_AGO = "2026-11-01 10:00"


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=WITA)


def steps(starts: str, announced: str) -> list[tuple[str, str]]:
    return [(due.step.value, f"{due.at.astimezone(WITA):%d %H:%M}") for due in plan(at(starts), at(announced), WITA)]


@pytest.mark.parametrize(
    ("starts", "announced", "expected"),
    [
        ("2026-11-28 09:00", LONG_AGO, [("invitation", "25 08:00"), ("day_before", "27 08:00"), ("last", "27 19:35")]),
        ("2026-11-28 09:29", LONG_AGO, [("invitation", "25 08:00"), ("day_before", "27 08:00"), ("last", "27 19:35")]),
        ("2026-11-28 09:30", LONG_AGO, [("invitation", "25 08:00"), ("day_before", "27 08:00"), ("last", "28 08:00")]),
        ("2026-11-28 16:00", LONG_AGO, [("invitation", "25 08:00"), ("day_before", "27 08:00"), ("last", "28 08:00")]),
        ("2026-12-01 09:00", LONG_AGO, [("invitation", "28 08:00"), ("day_before", "30 08:00"), ("last", "30 19:35")]),
        (
            "2026-11-28 10:00",
            "2026-11-25 08:01",
            [("invitation", "25 08:01"), ("day_before", "27 08:00"), ("last", "28 08:00")],
        ),
        (
            "2026-11-28 10:00",
            "2026-11-26 20:00",
            [("invitation", "26 20:00"), ("day_before", "27 08:00"), ("last", "28 08:00")],
        ),
        ("2026-11-28 10:00", "2026-11-26 20:01", [("invitation", "26 20:01"), ("last", "28 08:00")]),
        ("2026-11-28 10:00", "2026-11-27 10:00", [("invitation", "27 10:00"), ("last", "28 08:00")]),
        ("2026-11-28 09:00", "2026-11-27 13:34", [("invitation", "27 13:34"), ("last", "27 19:35")]),
        ("2026-11-28 09:00", "2026-11-27 13:35", [("invitation", "27 13:35")]),
        ("2026-11-28 10:00", "2026-11-28 01:59", [("invitation", "28 01:59"), ("last", "28 08:00")]),
        ("2026-11-28 10:00", "2026-11-28 02:00", [("invitation", "28 02:00")]),
        ("2026-11-28 10:00", "2026-11-28 09:00", [("invitation", "28 09:00")]),
    ],
)
def test_the_plan_of_a_meeting(starts, announced, expected):
    assert steps(starts, announced) == expected


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.integers(min_value=1, max_value=60 * 24 * 40),
)
def test_a_plan_begins_with_the_invitation_and_only_goes_forward(start, minutes):
    starts = start.replace(tzinfo=UTC)
    announced = datetime.fromtimestamp(starts.timestamp() - minutes * 60, UTC)
    found = plan(starts, announced, WITA)
    assert found[0].step is Step.INVITATION
    assert found[0].at >= announced
    assert [due.at for due in found] == sorted({due.at for due in found})
    assert len({due.step for due in found}) == len(found)
    assert all(due.at < starts for due in found[1:])


@pytest.mark.parametrize(
    ("step", "whom"),
    [
        (Step.INVITATION, {Answer.UNKNOWN, Answer.MAYBE}),
        (Step.DAY_BEFORE, {Answer.UNKNOWN, Answer.MAYBE}),
        (Step.LAST, {Answer.PROMISED}),
    ],
)
def test_whom_a_step_is_for(step, whom):
    assert {answer for answer in Answer if concerns(step, answer)} == whom


INVITATION, DAY_BEFORE, LAST = (Due(step, at("2026-11-27 08:00")) for step in Step)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ([INVITATION], INVITATION),
        ([INVITATION, DAY_BEFORE], INVITATION),
        ([INVITATION, DAY_BEFORE, LAST], INVITATION),
        ([DAY_BEFORE, LAST], LAST),
        ([LAST], LAST),
    ],
)
def test_of_several_steps_that_are_due_one_is_sent(due, expected):
    assert most_useful(due) is expected


@pytest.mark.parametrize(
    ("step", "moment", "useful"),
    [
        (INVITATION, "2026-11-28 08:15", True),
        (INVITATION, "2026-11-28 08:16", False),
        (LAST, "2026-11-28 08:15", True),
        (LAST, "2026-11-28 08:16", False),
        (DAY_BEFORE, "2026-11-27 23:59", True),
        (DAY_BEFORE, "2026-11-28 00:00", False),
    ],
)
def test_until_when_a_letter_is_of_use(step, moment, useful):
    assert LAST_CALL.total_seconds() == 45 * 60
    assert still_useful(step, at(moment), at("2026-11-28 09:00"), WITA) is useful
