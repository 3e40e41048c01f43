"""`quiz` and `content`: results, questions and practices as facts; questions to a spreadsheet and back."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from bot.cli.commands import app
from bot.cli.speaking import WrongInput
from data.content import quizzes
from data.records import Person, StaffId
from data.store import Tx
from handlers.quiz.overview import on_kuis_overview
from messages.envelope import Address, Inbound
from tests.support.databases import Opened
from tests.support.quizzing import played_in_a_village

NOW = datetime.fromisoformat("2026-11-28T20:00:00+08:00")


@pytest.fixture
def office(sqlite: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LIKE_PKH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LIKE_PKH_DATABASE_URL", sqlite.url)
    sqlite.store().run(played_in_a_village)
    return sqlite


def like_pkh(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def facts(*words: str) -> Any:
    done = like_pkh(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_results_and_items_as_json_have_the_shapes_that_scripts_read(office):
    (row,) = facts("quiz", "results", "--kelompok", "Melati 1", "--session", "p2")["rows"]
    assert list(row) == [
        "kelompok",
        "session",
        "invited",
        "started",
        "finished",
        "mean_score",
        "pre_mean",
        "post_mean",
        "n_pairs",
        "gain",
    ]
    assert (row["kelompok"], row["session"], row["invited"], row["started"], row["finished"]) == (
        "Melati 1",
        "P2",
        4,
        3,
        3,
    )
    assert row["mean_score"] == pytest.approx((1 + 2 / 3 + 0) / 3)
    found = facts("quiz", "items", "--kelompok", "Melati 1", "--session", "P2")["rows"]
    assert list(found[0]) == ["id", "session", "n", "right", "share_right", "options", "discrimination", "flag"]
    assert {item["id"]: item["right"] for item in found} == {"P2-01": 2, "P2-02": 2, "P2-03": 1}
    assert all(sum(item["options"].values()) == item["n"] == 3 for item in found)
    # By hand: the rest of the quiz is 1, 1/2, 0 for right, right, wrong: the textbook's r is 0.866.
    assert found[0]["discrimination"] == pytest.approx(0.8660254)


def test_no_mean_of_fewer_than_five_above_the_kelompok(office):
    rows = {row["kelompok"]: row for row in facts("quiz", "results", "--session", "P2")["rows"]}
    assert [rows[name]["mean_score"] for name in ("Melati 1", "Melati 2")] == [None, None]
    (desa,) = facts("quiz", "results", "--by", "desa", "--session", "P2")["rows"]
    assert (desa["desa"], desa["finished"]) == ("Babayau", 5)
    assert desa["mean_score"] == pytest.approx((1 + 2 / 3 + 0 + 1 + 1) / 5)


def test_a_koordinator_gets_text_and_picture(office):
    def ask(tx: Tx) -> list[Any]:
        staff = tx.people.staff(StaffId(3))
        who = Person(Address("whatsapp", "1"), 0, staff)
        return on_kuis_overview(Inbound("t", "1", Address("whatsapp", "1"), NOW), who, tx, "P2 kelompok")

    text, chart = office.store().run(ask)
    assert "Melati 1: Ditawari 4, mulai 3, selesai 3.\nMelati 2" in text.params["lines"]
    assert "Rata-rata 73% benar" in text.params["numbers"]
    assert chart.attachment.kind == "quiz_chart"


def test_table_spreadsheet_and_picture(office, tmp_path):
    assert "Melati 1" in like_pkh("quiz", "results", "--kelompok", "melati 1").stdout
    assert like_pkh("quiz", "results", "--format", "png", "--by", "desa", "--out", "k.png").exit_code == 0
    assert (tmp_path / "k.png").read_bytes().startswith(b"\x89PNG")
    assert like_pkh("quiz", "items", "--format", "xlsx", "--out", "k.xlsx").exit_code == 0
    rows = list(load_workbook(tmp_path / "k.xlsx").worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("id", "session", "n", "right", "share right", "discrimination", "flag", *PICKED)
    assert rows[1][:3] == ("P2-01", "P2", 5)
    assert facts("quiz", "practices")["rows"] == []
    for wrong in (["--by", "rt"], ["--kelompok", "Melati 99"], ["--format", "doc"], ["--format", "xlsx"]):
        assert isinstance(like_pkh("quiz", "results", *wrong).exception, WrongInput)


PICKED = ("pilihan a", "pilihan b", "pilihan c")


# --- questions to a spreadsheet and back


def exported(tmp_path: Path) -> Any:
    assert like_pkh("content", "export", "kuis.xlsx", "--session", "P2").exit_code == 0
    return load_workbook(tmp_path / "kuis.xlsx")


def columns(sheet: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[1]}


def test_what_is_exported_and_imported_unchanged_changes_nothing(office, tmp_path):
    exported(tmp_path)
    assert "baru masuk: 0; berubah: 0" in like_pkh("content", "import", "kuis.xlsx").stdout


def test_a_changed_question_is_a_new_version_and_a_new_one_is_asked(office, tmp_path):
    book = exported(tmp_path)
    sheet = book.active
    place = columns(sheet)
    sheet.cell(2, place["penjelasan"], "Pujian yang segera lebih mudah diingat anak.")
    new = {"id": "P2-90", "pertanyaan": "Anak mau membantu di dapur. Apa yang sebaiknya Ibu lakukan?", "benar": "b"}
    new |= {
        "a": "Menyuruhnya pergi",
        "b": "Memberi tugas kecil",
        "penjelasan": "Tugas kecil membuat anak percaya diri.",
    }
    for name, value in new.items():
        sheet.cell(sheet.max_row + (name == "id"), place[name], value)
    book.save(tmp_path / "kuis.xlsx")
    assert "akan masuk: 1; berubah: 1" in like_pkh("content", "import", "kuis.xlsx", "--dry-run").stdout
    store = office.store()
    assert store.run(lambda tx: len(tx.quiz.bank("P2"))) == len([i for i in quizzes.items() if i.session == "P2"])
    assert "baru masuk: 1; berubah: 1" in like_pkh("content", "import", "kuis.xlsx").stdout
    bank = {item.id: item for item in store.run(lambda tx: tx.quiz.bank("P2"))}
    assert (bank["P2-01"].version, bank["P2-90"].version, bank["P2-02"].version) == (2, 1, 1)
    assert store.run(lambda tx: tx.quiz.item("P2-01", 1)).explanation != bank["P2-01"].explanation
    assert "baru masuk: 0; berubah: 0" in like_pkh("content", "import", "kuis.xlsx").stdout
    assert facts("quiz", "items", "--session", "P2")["rows"][0]["id"] == "P2-01 v1"


def test_faults_name_row_and_column_and_nothing_is_changed(office, tmp_path):
    book = exported(tmp_path)
    sheet, place = book.active, columns(book.active)
    sheet.cell(2, place["a"], "Pilihan yang jauh terlalu panjang untuk tombol")
    sheet.cell(3, place["penjelasan"], "Kalau tidak, bantuan dicoret dari daftar.")
    sheet.cell(4, place["benar"], "d")
    sheet.cell(5, place["id"], "P2-02")
    sheet.cell(6, place["id"], "XX-01")
    book.save(tmp_path / "kuis.xlsx")
    done = like_pkh("content", "import", "kuis.xlsx")
    assert done.exit_code == 1
    for words in (
        "baris 2",
        "paling banyak 20",
        "baris 3",
        "'dicoret'",
        "baris 4, kolom benar",
        "baris 5",
        "sudah ada",
    ):
        assert words in done.stdout, words
    assert office.store().run(lambda tx: tx.conn.exec_driver_sql("SELECT count(*) FROM quiz_item").scalar()) == 0
    (tmp_path / "bad.xlsx").write_text("PK nothing")
    (tmp_path / "empty.csv").write_text("id;pertanyaan\n")
    for name in ("bad.xlsx", "empty.csv", "missing.xlsx"):
        assert isinstance(like_pkh("content", "import", name).exception, WrongInput), name
    assert isinstance(like_pkh("content", "export", "kuis.csv").exception, WrongInput)


def test_content_check_finds_faults_of_the_bank(office, monkeypatch):
    assert facts("content", "check")["faults"] == []
    bank = [item for item in quizzes.items() if item.id not in {"P2-01", "P2-02", "P2-03", "P2-04"}]
    monkeypatch.setattr(quizzes, "items", lambda: [*bank, bank[0]])
    found = json.loads(like_pkh("content", "check", "--json").stdout)["faults"]
    assert f"{bank[0].id}: id dua kali" in found
    assert any(fault.startswith("P2:") and "paling sedikit 4" in fault for fault in found)
