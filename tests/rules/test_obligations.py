"""Is what is due on every day exactly what the table says, with no gap and no double at any edge?"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.content.obligations import content, rules
from data.obligations import Claim, Kept, Member
from handlers.rules.obligation_reminders import is_time, next_look, open_for, plan, room
from handlers.rules.obligations import (
    DAY,
    after_months,
    due_on,
    is_over,
    late_on,
    months_old,
    occurrences,
    school_days,
    week_of,
)
from messages.envelope import KpmId

HPL = date(2027, 4, 12)
LEAP = date(2024, 2, 29)


def child(born: date, **more: object) -> Member:
    return Member(1, KpmId(1), "Hafiz", "anak_usia_dini", born, **more)  # type: ignore[arg-type]


def mother(hpl: date = HPL, **more: object) -> Member:
    return Member(2, KpmId(1), "Wati", "ibu_hamil", date(1999, 7, 8), hpl, **more)  # type: ignore[arg-type]


def ids(member: Member, day: date) -> set[str]:
    return {one.rule.id for one in due_on(member, day)}


# --- ages


@pytest.mark.parametrize(
    ("born", "day", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 3, 30), 1),
        (date(2026, 1, 31), date(2026, 3, 31), 2),
        (LEAP, date(2025, 2, 27), 11),
        (LEAP, date(2025, 2, 28), 12),
        (LEAP, date(2028, 2, 28), 47),
        (LEAP, date(2028, 2, 29), 48),
        (date(2026, 11, 23), date(2026, 11, 23), 0),
    ],
)
def test_a_child_is_older_on_its_day_or_on_the_last_of_a_shorter_month(born, day, months):
    assert months_old(born, day) == months


@pytest.mark.parametrize(
    ("day", "week"),
    [(HPL - timedelta(days=141), 19), (date(2026, 11, 23), 20), (HPL, 40), (HPL + timedelta(days=14), 42)],
)
def test_weeks_of_pregnancy_count_back_from_the_hpl(day, week):
    assert week_of(HPL, day) == week


# --- every day of a life


def every_day(member: Member, since: date, until: date) -> dict[date, list[str]]:
    """What the rule says, day by day; asked once for the whole time."""
    found: dict[date, list[str]] = defaultdict(list)
    for one in occurrences(member, since, until):
        day = max(since, one.due_from)
        while day <= min(until, one.due_to):
            found[day].append(one.rule.id)
            day += DAY
    return found


def said_by_the_table(born: date, day: date, months: int, *, school: bool) -> set[str]:
    """The same, read from the rows again: completed months, days and years, the months that are named, the breaks."""
    days = (day - born).days
    wanted = set()
    for rule in rules().values():
        age = {"hari": days, "bulan": months, "tahun": months // 12}.get(rule.unit, -1)
        if not rule.active or rule.education or not rule.since <= age <= rule.until:
            continue
        if rule.months and day.month not in rule.months:
            continue
        match rule.component:
            case "bayi_0_11" | "balita_12_59":
                wanted.add(rule.id)
            case "prasekolah_60_71" if not school:
                wanted.add(rule.id)
            case "sekolah":
                holidays = any(one.covers(day.month, day.day) for one in content().school_break)
                fits = {"SCH_REG": True, "SCH_85": school and not holidays, "SCH_15": not school}
                if fits[rule.id]:
                    wanted.add(rule.id)
            case _:
                pass
    return wanted


@settings(max_examples=4)
@given(born=st.dates(date(2016, 1, 1), date(2027, 12, 31)), school=st.booleans())
@example(born=LEAP, school=True)
@example(born=date(2026, 1, 31), school=False)
@example(born=date(2026, 8, 31), school=True)
def test_for_every_day_of_the_first_21_years_it_is_what_the_table_says(born, school):
    member = child(born, level="SD" if school else None)
    until = after_months(born, 12 * 22 + 1)
    found = every_day(member, born - timedelta(days=40), until)
    day, months, following = born - timedelta(days=40), -1, born
    while day <= until:
        while following <= day:
            months += 1
            following = after_months(born, months + 1)
        wanted = said_by_the_table(born, day, months, school=school) if day >= born else set()
        assert Counter(found[day]) == Counter(wanted), day
        day += DAY


@settings(max_examples=6)
@given(hpl=st.dates(date(2026, 1, 1), date(2029, 12, 31)))
@example(hpl=date(2028, 2, 29))
def test_for_every_day_of_a_pregnancy_it_is_what_the_table_says(hpl):
    first = hpl - timedelta(days=280)
    found = every_day(mother(hpl), first - timedelta(days=30), hpl + timedelta(days=60))
    for n in range(-30, 341):
        week = n // 7
        wanted = [
            rule.id
            for rule in rules().values()
            if rule.component == "ibu_hamil" and not rule.education and rule.since <= week <= rule.until
        ]
        assert sorted(found[first + timedelta(days=n)]) == sorted(wanted), n


def test_the_visits_of_a_pregnancy_follow_each_other_without_gap_or_double():
    visits = [one for one in occurrences(mother(), date(2026, 1, 1), date(2027, 12, 31)) if one.rule.visits]
    assert [one.nth for one in visits] == [1, 2, 3, 4, 5, 6]
    for earlier, later in pairwise(visits):
        assert later.due_from == earlier.due_to + DAY
    assert [week_of(HPL, one.remind or one.due_from) for one in visits] == [8, 16, 24, 30, 34, 38]


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (0, {"KF1"}),
        (2, {"KF1"}),
        (3, {"KF2"}),
        (7, {"KF2"}),
        (8, {"KF3"}),
        (28, {"KF3"}),
        (29, {"KF4"}),
        (42, {"KF4"}),
        (43, set()),
    ],
)
def test_after_a_confirmed_birth_the_mother_has_her_own_visits(after, due):
    delivered = Member(2, KpmId(1), "Wati", "nifas", delivered=date(2027, 4, 10))
    assert ids(delivered, date(2027, 4, 10) + timedelta(days=after)) == due


def test_before_a_birth_is_confirmed_there_is_no_nifas_and_after_it_no_pregnancy():
    assert ids(mother(), HPL + timedelta(days=3)) == {"ANC_T3", "SALIN"}
    assert is_over(mother(), HPL + DAY)
    assert not is_over(mother(), HPL)
    assert ids(mother(delivered=date(2027, 4, 10)), date(2027, 4, 11)) == {"KF1"}


def test_the_next_pregnancy_of_a_mother_who_has_delivered_begins_anew():
    again = mother(date(2028, 6, 1), delivered=date(2027, 4, 10))
    assert "ANC_T2" in ids(again, date(2028, 1, 10))
    assert is_over(again, date(2028, 6, 2))


def test_a_moved_hpl_moves_everything_with_it():
    before = {one.key: one.due_from for one in occurrences(mother(), date(2026, 1, 1), date(2028, 1, 1))}
    moved = {one.key: one.due_from for one in occurrences(mother(HPL + 10 * DAY), date(2026, 1, 1), date(2028, 1, 1))}
    assert moved == {key: day + 10 * DAY for key, day in before.items()}


def test_twins_have_the_same_due_apart():
    one, two = child(date(2026, 3, 20)), Member(9, KpmId(1), "Husna", "anak_usia_dini", date(2026, 3, 20))
    day = date(2026, 11, 23)
    assert ids(one, day) == ids(two, day) == {"PSY_B", "KEMB_B"}
    assert not {o.name for o in due_on(one, day)} & {o.name for o in due_on(two, day)}


def test_in_the_month_of_the_first_birthday_one_weighing_is_enough():
    hafiz = child(date(2026, 3, 20))
    before, after = (
        next(one for one in due_on(hafiz, day) if one.rule.series == "PSY")
        for day in (date(2027, 3, 19), date(2027, 3, 20))
    )
    assert (before.rule.id, after.rule.id) == ("PSY_B", "PSY_T")
    assert before.name == after.name
    done = {before.name: Kept(1, "PSY", "2027-03", Claim.DONE)}
    assert "PSY_T" not in {one.rule.id for one, _ in open_for([hafiz], done, date(2027, 3, 25))}


def test_the_blue_capsule_is_given_once():
    hafiz = child(date(2026, 2, 20))
    done = {(1, "VITA", "2026-08"): Kept(1, "VITA", "2026-08", Claim.DONE)}
    both = child(date(2025, 8, 20))  # six months in February, still eleven in August
    assert "VITA_B" in ids(both, date(2026, 8, 19))
    february = {(1, "VITA", "2026-02"): Kept(1, "VITA", "2026-02", Claim.DONE)}
    assert "VITA_B" not in {one.rule.id for one, _ in open_for([both], february, date(2026, 8, 19))}
    assert "VITA_B" not in {one.rule.id for one, _ in open_for([hafiz], done, date(2026, 8, 25))}


@pytest.mark.parametrize(
    ("month", "days"),
    [
        (6, ("06-01", "06-21")),
        (7, ("07-12", "07-31")),
        (12, ("12-01", "12-20")),
        (1, ("01-04", "01-31")),
        (9, ("09-01", "09-30")),
    ],
)
def test_school_months_leave_the_holidays_out(month, days):
    found = school_days(2026, month)
    assert found is not None
    assert tuple(f"{day:%m-%d}" for day in found) == days


@pytest.mark.parametrize(
    ("component", "more", "due"),
    [
        ("lansia", {"born": date(1966, 11, 24)}, set()),
        ("lansia", {"born": date(1966, 11, 23)}, {"LANSIA"}),
        ("lansia", {}, {"LANSIA"}),
        ("disabilitas_berat", {"born": date(2020, 1, 1)}, {"DISAB"}),
        ("lain", {"born": date(1990, 1, 1)}, set()),
        ("sekolah", {"born": date(2010, 1, 1), "level": "putus"}, {"SCH_15"}),
        ("sekolah", {"born": date(2010, 1, 1), "level": "tamat"}, set()),
        ("sekolah", {"born": date(2010, 1, 1), "level": "SMA"}, {"SCH_85"}),
        ("anak_usia_dini", {"born": date(2024, 1, 1), "stopped": True}, set()),
    ],
)
def test_other_members(component, more, due):
    assert ids(Member(5, KpmId(1), "Ia", component, **more), date(2026, 11, 23)) == due


# --- late


def test_a_late_immunisation_stays_due_until_it_is_done():
    hafiz = child(date(2026, 3, 20))
    assert {one.rule.id for one in late_on(hafiz, date(2026, 11, 23))} == {"IM01", "IM02", "IM03", "IM04"}
    done = {(1, "IM04", "1"): Kept(1, "IM04", "1", Claim.DONE)}
    assert "IM04" not in {one.rule.id for one, _ in open_for([hafiz], done, date(2026, 11, 23))}
    assert late_on(hafiz, date(2031, 3, 19))
    assert not late_on(hafiz, date(2031, 3, 20))


def test_what_was_missed_before_we_knew_the_child_is_listed_and_not_asked():
    hafiz = child(date(2026, 3, 20))
    im04 = next(one for one in late_on(hafiz, date(2026, 11, 23)) if one.rule.id == "IM04")
    assert im04.due_to == date(2026, 8, 19)
    assert is_time(im04, None, date(2026, 11, 19), None)
    assert not is_time(im04, None, date(2026, 11, 20), None)


# --- when it is said


def test_the_posyandu_is_told_of_the_evening_before_and_only_then():
    hafiz = child(date(2026, 3, 20))
    weighing = next(one for one in due_on(hafiz, date(2026, 12, 5)) if one.rule.id == "PSY_B")
    tenth = [date(2026, 12, 10)]

    def days(since: date, until: date) -> list[date]:
        return [day for day in tenth if since <= day <= until]

    assert [is_time(weighing, None, date(2026, 12, n), days) for n in (8, 9, 10)] == [False, True, False]


def test_a_visit_is_spoken_of_twice_and_not_every_day():
    second = next(one for one in due_on(mother(), date(2026, 11, 23)) if one.nth == 2)
    assert plan(second, None) == [date(2026, 10, 26), date(2026, 11, 9)]
    spoken = Kept(2, "ANC_T2", "2", reminded=date(2026, 11, 9), times=2)
    assert not is_time(second, spoken, date(2026, 11, 23), None)


def test_the_next_look_is_the_next_day_with_something_to_say():
    looked = next_look([mother(), Member(3, KpmId(1), "Siti", "lain")], {}, date(2026, 11, 23), None)
    assert looked == {2: date(2026, 12, 21), 3: None}
    late = next_look([mother()], {}, HPL, None)
    assert late[2] == HPL + DAY


@pytest.mark.parametrize(
    ("letters", "ours", "to_come", "allowed"),
    [
        (0, 0, 0, True),
        (1, 0, 0, True),
        (2, 0, 0, False),
        (0, 0, 1, True),
        (0, 0, 2, False),
        (1, 0, 1, False),
        (1, 1, 0, False),
    ],
)
def test_one_a_week_two_of_all_sorts_and_meetings_have_their_place(letters, ours, to_come, allowed):
    assert room(letters, ours, to_come) is allowed
