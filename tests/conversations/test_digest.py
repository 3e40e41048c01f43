"""The digest: once on Mondays, once on the 1st, with the numbers of the summary, and not for who does not want it."""

from __future__ import annotations

import pytest

from tests.support.chat import Cast, cast

DIGEST = "summary.digest"


@pytest.fixture
def c() -> Cast:
    c = cast("2026-11-27 09:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    c.chat.at("2026-11-28 11:05")
    c.budi.says("ABSEN Melati 3 hadir semua kecuali Wati sakit").taps("SELESAI")
    return c


def digests(c: Cast) -> list[str]:
    return [letter.params["what"] for letter in c.ratna.inbox if letter.key == DIGEST]


def test_on_monday_the_month_so_far_and_on_the_first_the_month_before(c):
    c.chat.at("2026-11-30 07:59")
    assert digests(c) == []
    c.chat.at("2026-11-30 08:30")
    assert digests(c) == ["mingguan"]
    c.ratna.hears(DIGEST, month="November 2026", without="1 dari 2", untold="1")
    total = c.chat.ask(lambda tx: tx.summary.recap("2026-11", "kelompok", None)).total
    c.ratna.showing(f"hadir {total.hadir}, izin 0, sakit {total.sakit}", f"dari {total.expected}", "08.00 WITA")
    assert c.chat.outbox[-1].attachment["kind"] == "summary_chart"
    c.chat.at("2026-12-01 20:00")
    assert digests(c) == ["mingguan", "bulanan"]
    assert c.ratna.last.params["month"] == "November 2026"
    assert not any(letter.key == DIGEST for letter in c.budi.inbox)


def test_on_a_monday_that_is_the_first_both_come_once():
    c = cast("2027-02-01 07:50")
    c.chat.meeting("Melati 3", starts="2027-02-13 09:00", announced="now")
    c.chat.at("2027-02-01 12:00")
    assert digests(c) == ["mingguan", "bulanan"]


def test_it_can_be_switched_off_and_on(c):
    c.ratna.says("RINGKASAN").hears("summary.digest_on")
    c.ratna.says("ringkasan mati").hears("summary.digest_off")
    c.chat.at("2026-12-01 09:00")
    assert digests(c) == []
    c.ratna.says("RINGKASAN HIDUP").hears("summary.digest_on")
    c.chat.at("2026-12-07 09:00")
    assert digests(c) == ["mingguan"]
    c.budi.says("RINGKASAN MATI").hears("help.staff_unknown")
