"""Are days and months spoken as Indonesian has them? CLDR knows; we carry only its thirty words."""

from datetime import date, timedelta

from babel.dates import format_date

from messages.spoken import day_and_date, long_date, month_name, short_date, short_day

YEAR = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]


def written(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale="id")


def test_dates_are_spoken_as_cldr_has_them():
    for day in YEAR:
        assert long_date(day) == written(day, "EEEE, d MMMM y")
        assert day_and_date(day) == written(day, "EEEE d MMMM")
        assert short_date(day) == written(day, "EEEE d MMM")
        assert short_day(day) == written(day, "d MMM")
        assert month_name(f"{day:%Y-%m}") == written(day, "MMMM y")
