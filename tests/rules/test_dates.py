"""Which moment does a pendamping mean? All spellings that people use, and the sentence for those that mean none."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.rules.dates import MONTHS, NEAR, WEEKDAYS, DateFault, When, nth_in_month, read_when

WITA = ZoneInfo("Asia/Makassar")
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=WITA)


def read(words: str, now: datetime = MONDAY) -> str:
    found = read_when(words, now)
    return f"{found.day} {found.starts:%H.%M}" + (f"-{found.ends:%H.%M}" if found.ends else "")


def fault(words: str, now: datetime = MONDAY) -> DateFault:
    with pytest.raises(DateFault) as raised:
        read_when(words, now)
    return raised.value


def attempt(words: str, now: datetime) -> When | DateFault:
    """Whatever else is raised is a fault of ours."""
    try:
        return read_when(words, now)
    except DateFault as raised:
        return raised


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("besok 9", "2026-11-24 09.00"),
        ("bsk jam 9", "2026-11-24 09.00"),
        ("Besok pagi jam 9", "2026-11-24 09.00"),
        ("besok jam 9 pagi", "2026-11-24 09.00"),
        ("lusa 14.30", "2026-11-25 14.30"),
        ("besok lusa 9", "2026-11-25 09.00"),
        ("hari ini 08.01", "2026-11-23 08.01"),
        ("hari ini jam 2", "2026-11-23 14.00"),
        ("Sabtu 09.00", "2026-11-28 09.00"),
        ("sabtu depan 09:00", "2026-11-28 09.00"),
        ("sabtu minggu depan 9", "2026-12-05 09.00"),
        ("Minggu 9", "2026-11-29 09.00"),
        ("minggu minggu depan 9", "2026-12-06 09.00"),
        ("ahad 9", "2026-11-29 09.00"),
        ("Jum'at 14.00", "2026-11-27 14.00"),
        ("jum’at 14.00", "2026-11-27 14.00"),
        ("Senin 9", "2026-11-30 09.00"),
        ("Sabtu pertama 9", "2026-12-05 09.00"),
        ("Sabtu kedua 09.00", "2026-12-12 09.00"),
        ("Sabtu terakhir 9", "2026-11-28 09.00"),
        ("28/11 09.00", "2026-11-28 09.00"),
        ("28-11 09.00", "2026-11-28 09.00"),
        ("28/11/26 9", "2026-11-28 09.00"),
        ("28-11-2026 09.00", "2026-11-28 09.00"),
        ("28.11.2026 09.00", "2026-11-28 09.00"),
        ("28 / 11 / 2026 9", "2026-11-28 09.00"),
        ("2026-11-28 09:00", "2026-11-28 09.00"),
        ("28 Nov 09.00", "2026-11-28 09.00"),
        ("28 nov 0930", "2026-11-28 09.30"),
        ("28Nov 9", "2026-11-28 09.00"),
        ("28-Nov-2026 09.00", "2026-11-28 09.00"),
        ("28 Nopember 2026 9", "2026-11-28 09.00"),
        ("tanggal 28 jam 9", "2026-11-28 09.00"),
        ("tgl 5 jam 9", "2026-12-05 09.00"),
        ("tgl 31 9.00", "2026-12-31 09.00"),
        ("Sabtu, 28 November 2026, 09.00", "2026-11-28 09.00"),
        ("hari Sabtu tgl 28 November 2026 pukul 09.00 WITA - selesai", "2026-11-28 09.00"),
        ("Sabtu 28/11 jam 09:00 wita", "2026-11-28 09.00"),
        ("pukul 9 besok", "2026-11-24 09.00"),
    ],
)
def test_the_spellings_of_a_moment(words, expected):
    assert read(words) == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("09.00-11.00", "09.00-11.00"),
        ("9-11", "09.00-11.00"),
        ("9 - 10.30", "09.00-10.30"),
        ("09.00 s/d 11.00", "09.00-11.00"),
        ("9 sampai 11", "09.00-11.00"),
        ("jam 9 hingga jam 11", "09.00-11.00"),
        ("9 sampai selesai", "09.00"),
        ("0900-1100", "09.00-11.00"),
        ("pagi 9-11", "09.00-11.00"),
        ("11-1", "11.00-13.00"),
        ("jam 2 siang", "14.00"),
        ("12 siang", "12.00"),
        ("11 siang", "11.00"),
        ("sore jam 4", "16.00"),
        ("7 malam", "19.00"),
        ("7", "07.00"),
        ("6", "06.00"),
        ("5", "17.00"),
        ("1", "13.00"),
        ("05.00", "05.00"),
        ("23.59", "23.59"),
    ],
)
def test_the_spellings_of_the_hours(hours, expected):
    assert read(f"besok {hours}") == f"2026-11-24 {expected}"


@pytest.mark.parametrize(
    ("words", "key", "params"),
    [
        ("", "meetings.when.missing", {}),
        ("   ", "meetings.when.missing", {}),
        ("tiap Sabtu 9", "meetings.when.recurring", {}),
        ("Sabtu kedua 09.00 setiap bulan", "meetings.when.recurring", {}),
        ("entah kapan", "meetings.when.no_day", {"text": "entah kapan"}),
        ("09.00", "meetings.when.no_day", {}),
        ("minggu depan 9", "meetings.when.no_day", {}),
        ("28/11/1850 9", "meetings.when.no_day", {}),
        ("besok", "meetings.when.no_hour", {"text": "besok"}),
        ("28/11", "meetings.when.no_hour", {}),
        ("besok 24.00", "meetings.when.no_hour", {}),
        ("besok 09.60", "meetings.when.no_hour", {}),
        ("besok jam 12 malam", "meetings.when.no_hour", {}),
        ("besok ²", "meetings.when.no_hour", {}),
        ("31-02-2026 9", "meetings.when.no_such_day", {"text": "31-02-2026", "month": "Februari 2026", "last": "28"}),
        ("31/4 9", "meetings.when.no_such_day", {"month": "April 2027", "last": "30"}),
        ("0/11 9", "meetings.when.no_such_day", {"last": "30"}),
        ("32 Desember 9", "meetings.when.no_such_day", {"last": "31"}),
        ("28/13 9", "meetings.when.no_month", {"text": "28/13"}),
        ("28/0 9", "meetings.when.no_month", {}),
        ("Minggu 28 Nov 9", "meetings.when.weekday", {"date": "28-11-2026", "day": "sabtu", "said": "minggu"}),
        ("hari ini 08.00", "meetings.when.past", {}),
        ("22/11 9", "meetings.when.past", {}),
        ("24/9 9", "meetings.when.past", {}),
        ("besok 11.00-11.00", "meetings.when.backwards", {}),
        ("besok 22.00-01.00", "meetings.when.backwards", {}),
    ],
)
def test_what_means_no_moment_says_why(words, key, params):
    found = fault(words)
    assert found.key == key
    assert {name: found.params[name] for name in params} == params


@pytest.mark.parametrize(
    ("now", "words", "expected"),
    [
        ("2026-12-20 08:00", "5/1 9", "2027-01-05 09.00"),
        ("2026-12-31 08:00", "besok 9", "2027-01-01 09.00"),
        ("2026-12-28 08:00", "tgl 2 9", "2027-01-02 09.00"),
        ("2026-11-23 08:00", "23/9 9", "2027-09-23 09.00"),
        ("2027-01-31 08:00", "tgl 30 9", "2027-03-30 09.00"),
        ("2026-12-31 08:00", "Sabtu 9", "2027-01-02 09.00"),
        ("2028-02-28 08:00", "besok 9", "2028-02-29 09.00"),
        ("2028-01-05 08:00", "29/2 9", "2028-02-29 09.00"),
        ("2027-12-01 08:00", "29 Feb 9", "2028-02-29 09.00"),
        ("2026-11-23 08:00", "29-02-2028 9", "2028-02-29 09.00"),
        ("2026-11-28 08:00", "Sabtu 9", "2026-12-05 09.00"),
        ("2026-11-30 08:00", "Sabtu terakhir 9", "2026-12-26 09.00"),
    ],
)
def test_month_ends_leap_days_and_the_turn_of_the_year(now, words, expected):
    assert read(words, datetime.fromisoformat(now).replace(tzinfo=WITA)) == expected


@pytest.mark.parametrize(("now", "year"), [("2026-11-23 08:00", "2027"), ("2028-06-01 08:00", "2029")])
def test_a_leap_day_that_is_not_coming_is_a_fault_and_never_the_28th(now, year):
    found = fault("29/2 9", datetime.fromisoformat(now).replace(tzinfo=WITA))
    assert (found.key, found.params["month"]) == ("meetings.when.no_such_day", f"Februari {year}")


def test_one_minute_decides_what_is_past():
    assert fault("hari ini 08.00").key == "meetings.when.past"
    assert read("hari ini 08.00", MONDAY.replace(hour=7, minute=59)) == "2026-11-23 08.00"


@pytest.mark.parametrize(
    ("day", "year", "month", "same"),
    [
        (date(2026, 11, 14), 2026, 12, date(2026, 12, 12)),
        (date(2026, 10, 31), 2026, 11, date(2026, 11, 28)),
        (date(2026, 11, 28), 2027, 1, date(2027, 1, 23)),
        (date(2026, 11, 7), 2027, 2, date(2027, 2, 6)),
    ],
)
def test_the_same_weekday_of_another_month(day, year, month, same):
    assert nth_in_month(day, year, month) == same


WORDS = st.sampled_from(
    [
        *WEEKDAYS,
        *MONTHS,
        *NEAR,
        "jam",
        "pukul",
        "pagi",
        "malam",
        "minggu depan",
        "kedua",
        "terakhir",
        "tgl",
        "tanggal",
        "9",
        "09.00",
        "9-11",
        "28/11",
        "31/2",
        "29-02",
        "2026",
        "28-11-2026",
        "-",
        "/",
        ".",
        "²",
        "٣",
        "s/d",
        "selesai",
        "0",
    ]
)


@given(
    st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=7).map(" ".join)),
    st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1)),
)
@example("9" * 5000, datetime(2026, 1, 1))
@example("tgl 31 9", datetime(2026, 2, 1))
def test_any_text_is_a_moment_that_lies_ahead_or_a_fault_with_its_sentence(words, naive):
    now = naive.replace(tzinfo=WITA)
    found = attempt(words, now)
    if isinstance(found, DateFault):
        assert found.key.startswith("meetings.when.")
        return
    assert datetime.combine(found.day, found.starts, WITA) > now
    assert found.ends is None or found.ends > found.starts


@given(st.dates(date(2026, 11, 24), date(2099, 12, 31)), st.times())
def test_a_full_date_is_read_as_it_is_written(day, clock):
    words = f"{day:%d-%m-%Y} {clock:%H.%M}"
    assert read(words) == f"{day} {time(clock.hour, clock.minute):%H.%M}"
