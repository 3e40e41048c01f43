"""Can somebody who inspects the office find who did what, and does that itself leave a trace?"""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.commands import app
from tests.support.databases import NOW
from tests.support.pages import served
from tests.support.village import settle

FIRST = "2026-11-22"


@pytest.fixture
def office(sqlite, monkeypatch: pytest.MonkeyPatch):
    """Three lines of two days."""
    store = sqlite.store()
    store.run(settle)
    sqlite.clock.set(NOW - timedelta(days=1))
    store.run(lambda tx: tx.audit.write("staff:1", "attendance.mark", "meeting:41:kpm:7", None, "hadir"))
    sqlite.clock.set(NOW)
    store.run(lambda tx: tx.audit.write("address:17", "consent", "address:17", "yes", "stopped", "v1"))
    store.run(lambda tx: tx.audit.write("staff:1", "consent.health", "meeting:410", None, "yes"))
    monkeypatch.setenv("LIKE_PKH_DATABASE_URL", sqlite.url)
    return store


def said(*words: str):
    from json import loads

    done = CliRunner().invoke(app, ["audit", *words])
    return loads(done.output) if done.exit_code == 0 and "--json" in words else done


@pytest.mark.parametrize(
    ("words", "acts"),
    [
        ((), ["consent.health", "consent", "attendance.mark"]),
        (("--since", "2026-11-23"), ["consent.health", "consent"]),
        (("--since", FIRST), ["consent.health", "consent", "attendance.mark"]),
        (("--actor", "pak budi"), ["consent.health", "attendance.mark"]),
        (("--actor", "address:17"), ["consent"]),
        (("--subject", "meeting:41"), ["attendance.mark"]),
        (("--act", "consent"), ["consent.health", "consent"]),
        (("--limit", "1"), ["consent.health"]),
        (("--subject", "kpm:%"), []),
    ],
)
def test_it_is_searched_by_day_person_subject_and_kind(office, words, acts):
    assert [one["act"] for one in said("list", *words, "--json")] == acts


def test_wrong_words_are_said(office):
    for words in (("--since", "kemarin"), ("--actor", "Pak Siapa")):
        assert said("list", *words).exception is not None


def test_an_export_is_a_file_for_its_owner_and_leaves_a_line(office, tmp_path: Path):
    file = tmp_path / "jejak.csv"
    assert said("export", "--out", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    assert [row[2] for row in rows] == ["Apa", "consent.health", "consent", "attendance.mark"]
    assert [one.now for one in office.run(lambda tx: tx.audit.of("audit"))] == ["3 baris"]


async def test_opening_a_familys_page_leaves_a_line_and_a_refused_one_none(sqlite):
    async with served(sqlite) as site:
        budi, dewi = await site.signed_in(site.village.budi), await site.signed_in(site.village.dewi)
        siti = site.village.kpms["Siti"]
        assert (await budi.get(f"/dasbor/keluarga/{siti}")).status == 200
        assert (await dewi.get(f"/dasbor/keluarga/{siti}")).status == 404
        lines = site.store.run(lambda tx: tx.audit.of(f"kpm:{siti}"))
        assert [(one.actor, one.act) for one in lines] == [(f"staff:{site.village.budi}", "family.viewed")]
