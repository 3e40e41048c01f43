"""What is due from the command line, files in, lists out; and the sample's first week belongs to the introduction."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.schema import outbox
from data.store import Tx
from handlers.obligations import tick
from tests.data.test_school_file import FORM, form
from tests.support.databases import Opened, sqlite_copy
from tests.support.process import like_pkh


@pytest.fixture
def office(tmp_path: Path, sample_file: Path) -> Path:
    sqlite_copy(sample_file, tmp_path / "bot.db")
    return tmp_path


def rows(office: Path, *words: str) -> list[dict[str, str]]:
    done = like_pkh(office, *words, "--json")
    assert done.status == 0, done
    found: list[dict[str, str]] = json.loads(done.out)["rows"]
    return found


def test_what_is_due_in_a_group_on_a_day(office: Path):
    (office / "posyandu.csv").write_text("desa;posyandu;tempat;hari\nBabayau;Melati;Balai Desa;tanggal 10\n")
    assert like_pkh(office, "import", "posyandu", "posyandu.csv").status == 0
    found = rows(office, "obligations", "due", "--kelompok", "Melati 3", "--on", "2026-12-01")
    assert set(found[0]) == {"kpm", "member", "rule", "due_from", "due_to", "state", "place"}
    wati = [row for row in found if row["kpm"] == "Wati"]
    assert [(row["rule"], row["due_from"], row["due_to"], row["state"]) for row in wati] == [
        ("ANC_T2", "2026-11-30", "2027-01-17", "due"),
        ("ANC_T2", "2026-10-05", "2026-11-29", "late"),
    ]
    siti = {row["rule"]: row for row in found if row["kpm"] == "Siti"}
    assert siti["PSY_B"]["place"] == "posyandu Melati di Balai Desa"
    assert siti["IM04"]["state"] == "late"
    assert {row["rule"] for row in found if row["kpm"] == "Halimah"} == {"SCH_85", "LANSIA"}
    assert rows(office, "obligations", "list", "--phone", "+6281100000002")[0]["rule"] == "ANC_T2"


@pytest.mark.parametrize(
    "words",
    [
        ("obligations", "due", "--kelompok", "Melati 9"),
        ("obligations", "due", "--on", "kapan"),
        ("obligations", "list", "--phone", "+6281199999999"),
        ("export", "verkom", "--kelompok", "Melati 3"),
        ("export", "verkom", "--by", "rumah"),
        ("import", "school", "tidak-ada.csv"),
    ],
    ids=" ".join,
)
def test_wrong_input_is_one_sentence(office: Path, words):
    done = like_pkh(office, *words)
    assert (done.status, done.out) == (2, "")
    assert len(done.err.strip().splitlines()) == 1


def test_a_school_file_and_the_list_that_follows(office: Path):
    (office / "sdn1.csv").write_bytes(form())
    (office / "salah.csv").write_bytes(form(FORM.replace(";3;95;", ";3;110;")))
    wrong = like_pkh(office, "import", "school", "salah.csv", "--json")
    assert wrong.status == 1
    assert json.loads(wrong.out)["imported"] is False
    done = like_pkh(office, "import", "school", "sdn1.csv", "--json")
    assert (done.status, json.loads(done.out)["months"]) == (0, 2)
    due = rows(office, "obligations", "due", "--kelompok", "Melati 3", "--on", "2026-11-23")
    assert next(r["state"] for r in due if (r["kpm"], r["rule"]) == ("Halimah", "SCH_85")) == "not_done"
    for name in ("verkom.pdf", "verkom.xlsx"):
        assert like_pkh(office, "export", "verkom", "--kelompok", "Melati 3", "--out", name).status == 0
        assert (office / name).stat().st_size > 5000
    assert "<5" in like_pkh(office, "export", "verkom", "--by", "desa").out


def test_the_samples_first_week_is_quiet_and_later_ones_are_not(office: Path):
    opened = Opened(f"sqlite:///{office / 'bot.db'}")
    store = opened.store()
    nine = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)

    def look(tx: Tx, at: datetime) -> int:
        while tick(Tx(tx.conn, at)):
            pass
        mine = outbox.c.key.like("obligations.%")
        return int(tx.conn.execute(select(func.count()).select_from(outbox).where(mine)).scalar_one())

    counts = [store.run(lambda tx, n=n: look(tx, nine + timedelta(days=n))) for n in range(15)]  # type: ignore[misc]
    opened.close()
    assert counts[:7] == [2] * 7, "two newborns of Melati 2 and Anggrek 3, whose visits would be over; nobody else"
    assert counts[-1] > 20
