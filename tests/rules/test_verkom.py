"""Does the list of three months count what it should, and hide what it must?"""

from __future__ import annotations

from datetime import date

import pytest

from data.obligations import Claim, Kept, Member
from handlers.rules.small_cells import alone
from handlers.rules.verkom import (
    SUM,
    Counts,
    Quarter,
    cells,
    count,
    entries,
    is_low,
    percent,
    quarter_of,
    read_quarter,
    shown,
)
from messages.envelope import KpmId

HAFIZ = Member(1, KpmId(1), "Hafiz", "anak_usia_dini", date(2026, 3, 20))


@pytest.mark.parametrize(
    ("day", "quarter", "since", "until"),
    [
        (date(2026, 1, 1), Quarter(2026, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), Quarter(2026, 2), date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), Quarter(2026, 3), date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 12, 31), Quarter(2026, 4), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarters(day, quarter, since, until):
    assert quarter_of(day) == quarter
    assert (quarter.since, quarter.until) == (since, until)


@pytest.mark.parametrize(
    ("words", "quarter"),
    [
        ("tw3", Quarter(2026, 3)),
        ("TRIWULAN 4", Quarter(2026, 4)),
        ("tw 4 2025", Quarter(2025, 4)),
        ("2026-T1", Quarter(2026, 1)),
        ("lalu", Quarter(2026, 3)),
        ("kesehatan", None),
        ("tw5", None),
    ],
)
def test_quarters_in_words(words, quarter):
    assert read_quarter(words, date(2026, 11, 23)) == quarter


def test_due_is_the_sum_of_the_others_and_the_pendampings_word_counts_first():
    kept = {
        (1, "PSY", "2026-10"): Kept(1, "PSY", "2026-10", Claim.DONE),
        (1, "PSY", "2026-11"): Kept(1, "PSY", "2026-11", Claim.DONE, mark=Claim.NOT_DONE),
    }
    found = entries(HAFIZ, kept, "kesehatan", Quarter(2026, 4), date(2026, 11, 23))
    assert [entry.one.key for entry in found] == ["2026-S2", "2026-10", "2026-11"]
    assert count(found) == Counts(due=3, reported=1, not_done=1, unknown=1)
    aside = {(1, "KEMB", "2026-S2"): Kept(1, "KEMB", "2026-S2", mark=Claim.NOT_APPLICABLE)}
    assert count(entries(HAFIZ, aside, "kesehatan", Quarter(2026, 4), date(2026, 11, 23))).due == 2


@pytest.mark.parametrize(
    ("days", "share", "low"),
    [((20, 3, 0, 0), 85, False), ((20, 4, 0, 0), 80, True), ((20, 0, 9, 9), 100, False), ((0, 0, 0, 0), None, False)],
)
def test_school_days_count_without_izin_and_sakit_until_the_setting_says_otherwise(days, share, low):
    assert percent(*days) == share
    assert is_low(share) is low


@pytest.mark.parametrize(
    ("counts", "numbers"),
    [
        (Counts(100, 40, 30, 20, 10), ["100", "40", "30", "20", "10"]),
        (Counts(44, 40, 4, 0, 0), ["44", "…", "<5", "0", "0"]),
        (Counts(48, 40, 4, 4, 0), ["48", "40", "<5", "<5", "0"]),
        (Counts(4, 0, 0, 0, 4), ["<5", "0", "0", "0", "<5"]),
        (Counts(5, 0, 0, 0, 5), ["5", "0", "0", "0", "5"]),
    ],
)
def test_small_cells_are_hidden_also_from_subtraction(counts, numbers):
    assert list(shown(counts, alone(cells(counts), SUM)).values()) == numbers
    assert "<5" not in shown(counts).values()
