"""What do the commands do, what do they say when they cannot, and with which exit status?"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.main import get_command

from bot.cli.commands import app
from messages.reading import Expecting
from tests.support.databases import sqlite_copy
from tests.support.process import Done, like_pkh

NUMBERS = [
    "planned",
    "held",
    "cancelled",
    "families",
    "expected",
    "reached",
    "maybe",
    "promised",
    "declined",
    "claimed",
]
NUMBERS += ["hadir", "izin", "sakit", "alpa", "belum_diketahui"]


@pytest.fixture
def office(tmp_path: Path, sample_file: Path) -> Path:
    """A folder with the sample kabupaten in it."""
    sqlite_copy(sample_file, tmp_path / "bot.db")
    return tmp_path


def well(done: Done) -> Done:
    assert (done.status, done.err) == (0, ""), done
    return done


def said_no(done: Done, status: int, *words: str) -> None:
    """It failed with one or two sentences, and nothing that looks like a fault of ours."""
    assert done.status == status, done
    assert done.out == ""
    assert len(done.err.strip().splitlines()) <= 2
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err


# --- every command


def every_command(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from every_command(inner, (*words, name))
    else:
        yield words, command


COMMANDS = dict(every_command(get_command(app)))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_helps_with_an_example(words: tuple[str, ...], tmp_path: Path):
    done = well(like_pkh(tmp_path, *words, "--help"))
    assert f"Contoh: like-pkh {' '.join(words)}" in done.out.replace("python -m bot", "like-pkh")
    assert list(tmp_path.iterdir()) == []  # asking for help touches nothing


@pytest.mark.parametrize(
    "words", [("nonsense",), ("summary", "--nonsense"), ("meetings", "nonsense"), ("meetings", "add")]
)
def test_what_is_no_command_is_wrong_input(tmp_path: Path, words: tuple[str, ...]):
    assert like_pkh(tmp_path, *words).status == 2


def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path: Path):
    (tmp_path / "taken").write_text("no folder")
    done = like_pkh(tmp_path, "staff", "list", DATABASE_URL=f"sqlite:///{tmp_path}/taken/x.db")
    said_no(done, 1, "LIKE_PKH_DATABASE_URL")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEZONE", "Asia/Banjarmasin"),
        ("DATABASE_URL", "mysql://x"),
        ("HTTP_PORT", "70000"),
        ("HTTP_PORT", "eighty"),
        ("LOG_FORMAT", "xml"),
        ("TELEGRAM_MODE", "pigeon"),
        ("TELEGRAM_RATE", "0"),
        ("SAMPLE", "maybe"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str):
    said_no(like_pkh(tmp_path, "staff", "list", **{name: value}), 1, f"LIKE_PKH_{name}")
    assert list(tmp_path.iterdir()) == []


def test_migrate_says_where_the_schema_is_and_may_be_repeated(tmp_path: Path):
    first, again = (well(like_pkh(tmp_path, "migrate")) for _ in range(2))
    assert first.out == again.out
    assert re.search(r"\d{4}", first.out)


# --- summary


@pytest.mark.parametrize(("by", "lines"), [("kelompok", 9), ("desa", 5), ("kecamatan", 2), ("pendamping", 3)])
def test_summary_has_the_shape_that_scripts_rely_on(office: Path, by: str, lines: int):
    facts = well(like_pkh(office, "summary", "--month", "2026-11", "--by", by, "--format", "json")).facts
    assert list(facts) == ["month", "by", "as_of", "rows", "total"]
    assert (facts["month"], facts["by"], facts["as_of"]) == ("2026-11", by, "2026-11-23T08:00:00+08:00")
    assert len(facts["rows"]) == lines
    assert all(list(row) == ["name", *NUMBERS] for row in facts["rows"])
    assert facts["total"] == {name: sum(row[name] for row in facts["rows"]) for name in NUMBERS}


def test_summary_without_a_month_is_of_the_month_of_the_clock(office: Path):
    assert well(like_pkh(office, "summary", "--json")).facts["month"] == "2026-11"


def test_summary_as_a_table_as_csv_and_as_files(office: Path):
    table = well(like_pkh(office, "summary"))
    assert "Melati 3" in table.out
    assert "Jumlah" in table.out
    rows = list(csv.reader(io.StringIO(well(like_pkh(office, "summary", "--format", "csv")).out)))
    assert rows[0] == ["kelompok", *NUMBERS]
    assert len(rows) == 1 + 9 + 1
    well(like_pkh(office, "summary", "--format", "png", "--out", "rekap.png"))
    assert (office / "rekap.png").read_bytes().startswith(b"\x89PNG")
    well(like_pkh(office, "summary", "--format", "xlsx", "--out", "rekap.xlsx"))
    sheet = load_workbook(office / "rekap.xlsx").active
    assert sheet is not None
    assert any("Melati 3" in [cell.value for cell in row] for row in sheet.iter_rows())
    well(like_pkh(office, "summary", "--json", "--out", "rekap.json"))
    assert json.loads((office / "rekap.json").read_text(encoding="utf-8"))["by"] == "kelompok"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--month", "2026-13"], "2026-13"),
        (["--month", "november"], "november"),
        (["--by", "rt"], "kelompok"),
        (["--format", "docx"], "png"),
        (["--format", "png"], "--out"),
    ],
)
def test_summary_says_what_it_does_not_understand(office: Path, words: list[str], said: str):
    said_no(like_pkh(office, "summary", *words), 2, said)


def test_summary_of_an_empty_database_is_empty(tmp_path: Path):
    facts = well(like_pkh(tmp_path, "summary", "--month", "2026-11", "--json")).facts
    assert facts["rows"] == []
    assert facts["total"] == dict.fromkeys(NUMBERS, 0)


# --- read


def test_read_has_the_shape_that_scripts_rely_on(tmp_path: Path):
    (fact,) = well(like_pkh(tmp_path, "read", "kada kawa, anak garing", "--expecting", "rsvp", "--json")).facts
    assert list(fact) == ["text", "context", "meaning", "sure", "details"]
    assert (fact["text"], fact["context"]) == ("kada kawa, anak garing", "rsvp")
    assert (fact["meaning"], fact["sure"]) == ("cannot_attend", True)
    assert list(tmp_path.iterdir()) == []  # it needs no database


def test_read_explains_its_steps(tmp_path: Path):
    done = well(like_pkh(tmp_path, "read", "tidak bisa hadir"))
    assert "cannot_attend" in done.out
    assert len(done.out.splitlines()) > 1


def test_read_takes_a_table_and_ignores_other_columns(tmp_path: Path):
    rows = '\ufefftext,note,context\nhadir,x,rsvp\n"kada kawa, garing",y,rsvp\n1,z,consent\n,empty,none\n'
    (tmp_path / "replies.csv").write_text(rows, encoding="utf-8")
    facts = well(like_pkh(tmp_path, "read", "--file", "replies.csv", "--json")).facts
    assert [fact["meaning"] for fact in facts] == ["will_attend", "cannot_attend", "yes", "unknown"]
    assert "will_attend" in well(like_pkh(tmp_path, "read", "--file", "replies.csv")).out


@pytest.mark.parametrize("context", [one.value for one in Expecting])
def test_read_knows_every_context(tmp_path: Path, context: str):
    (fact,) = well(like_pkh(tmp_path, "read", "hadir", "--expecting", context, "--json")).facts
    assert fact["context"] == context


def test_read_knows_exactly_the_contexts_of_the_interface():
    assert {one.value for one in Expecting} == {"rsvp", "checkin", "obligation", "quiz", "consent", "who", "none"}


def test_read_says_what_is_wrong_with_what_it_got(tmp_path: Path):
    said_no(like_pkh(tmp_path, "read", "hadir", "--expecting", "wedding"), 2, "wedding")
    said_no(like_pkh(tmp_path, "read"), 2, "--file")
    said_no(like_pkh(tmp_path, "read", "hadir", "--file", "x.csv"), 2)
    said_no(like_pkh(tmp_path, "read", "--file", "nothing.csv"), 2, "nothing.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    said_no(like_pkh(tmp_path, "read", "--file", "other.csv"), 2, "text")
    (tmp_path / "wrong.csv").write_text("text,context\nhadir,rsvp\nhadir,wedding\n", encoding="utf-8")
    said_no(like_pkh(tmp_path, "read", "--file", "wrong.csv"), 2, "3", "wedding")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    said_no(like_pkh(tmp_path, "read", "--file", "binary.csv"), 2, "binary.csv")


# --- meetings


def add(office: Path, kelompok: str = "Melati 3", when: str = "28-11-2026 09.00", session: str = "P2") -> Done:
    return like_pkh(
        office, "meetings", "add", kelompok, "--when", when, "--place", "Balai Desa Babayau", "--session", session
    )


def meetings(office: Path, *words: str) -> list[dict[str, Any]]:
    return list(well(like_pkh(office, "meetings", "list", "--json", *words)).facts)


def test_a_meeting_is_planned_moved_and_called_off(office: Path):
    assert meetings(office) == []
    assert "28 November 2026" in well(add(office)).out
    (one,) = meetings(office)
    assert one["kelompok"] == "Melati 3"
    assert (one["starts"], one["session"], one["kind"], one["state"]) == (
        "2026-11-28T09:00:00+08:00",
        "P2",
        "p2k2",
        "rencana",
    )
    assert (
        "29 November 2026" in well(like_pkh(office, "meetings", "move", "melati 3", "--when", "29-11-2026 10.00")).out
    )
    assert meetings(office)[0]["starts"] == "2026-11-29T10:00:00+08:00"
    well(like_pkh(office, "meetings", "cancel", "Melati 3", "--reason", "banjir"))
    assert meetings(office)[0]["state"] == "batal"
    assert "Melati 3" in well(like_pkh(office, "meetings", "list", "--month", "2026-11")).out
    assert meetings(office, "--month", "2026-12") == []
    total = like_pkh(office, "summary", "--json").facts["total"]
    assert (total["planned"], total["held"], total["cancelled"]) == (1, 0, 1)


def test_a_meeting_of_another_kind_is_no_p2k2(office: Path):
    well(add(office, session="sosialisasi"))
    assert meetings(office)[0]["kind"] == "sosialisasi"
    assert like_pkh(office, "summary", "--json").facts["total"]["planned"] == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"kelompok": "Mawar 9"}, "Mawar 9"),
        ({"when": "31-02-2027 09.00"}, "31-02-2027"),
        ({"when": "22-11-2026 09.00"}, "lewat"),
        ({"when": "28-11-2026"}, "Jam"),
        ({"when": "sometime"}, "sometime"),
        ({"session": "X9"}, "X9"),
    ],
    ids=lambda value: str(value),
)
def test_a_meeting_that_cannot_be_is_refused_and_nothing_changes(office: Path, more: dict[str, str], said: str):
    said_no(add(office, **more), 2, said)
    assert meetings(office) == []


def test_two_meetings_at_the_same_time_are_refused(office: Path):
    well(add(office))
    said_no(add(office), 2, "Melati 3")
    assert len(meetings(office)) == 1


@pytest.mark.parametrize("words", [("move", "Melati 3", "--when", "besok 9"), ("cancel", "Melati 3", "--reason", "x")])
def test_what_is_not_planned_cannot_be_changed(office: Path, words: tuple[str, ...]):
    said_no(like_pkh(office, "meetings", *words), 2, "Melati 3")


def test_a_month_that_cannot_be_read_is_said(office: Path):
    said_no(like_pkh(office, "meetings", "list", "--month", "nov"), 2, "nov")


# --- staff


def add_staff(office: Path, name: str = "Bu Baru", phone: str = "0811 0000 0955", **more: str) -> Done:
    words = [word for option, value in {"role": "pendamping", **more}.items() for word in (f"--{option}", value)]
    return like_pkh(office, "staff", "add", name, "--phone", phone, *words)


def staff(office: Path) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in well(like_pkh(office, "staff", "list", "--json")).facts}


def test_staff_are_added_listed_and_removed(office: Path):
    well(add_staff(office, scope="Melati 1, Melati 2"))
    assert (staff(office)["Bu Baru"]["role"], staff(office)["Bu Baru"]["kelompok"]) == ("pendamping", 2)
    assert staff(office)["Pak Budi"]["kelompok"] == 1  # hers are no longer his
    assert "Bu Baru" in well(like_pkh(office, "staff", "list")).out
    well(like_pkh(office, "staff", "remove", "bu baru"))
    assert "Bu Baru" not in staff(office)


def test_the_number_of_one_who_left_can_be_given_to_the_next(office: Path):
    well(like_pkh(office, "staff", "remove", "Pak Budi"))
    well(add_staff(office, phone="+6281100000902", scope="Melati 1"))
    assert staff(office)["Bu Baru"]["kelompok"] == 1


@pytest.mark.parametrize(
    ("scope", "level"), [("", "kabupaten"), ("desa Babayau", "desa"), ("kecamatan Juai", "kecamatan")]
)
def test_a_koordinator_has_a_place(office: Path, scope: str, level: str):
    well(add_staff(office, role="koordinator", scope=scope))
    assert staff(office)["Bu Baru"]["scope"] == level


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"phone": "12"}, "12"),
        ({"phone": "not a number"}, "not a number"),
        ({"phone": "081100000902"}, "+6281100000902"),
        ({"role": "raja"}, "raja"),
        ({"role": "kpm"}, "kpm"),
        ({"scope": "Mawar 9"}, "Mawar 9"),
        ({"role": "koordinator", "scope": "Atlantis"}, "Atlantis"),
        ({"name": "B"}, "2"),
        ({"name": "B" * 81}, "80"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_staff_that_cannot_be_are_refused_and_nothing_changes(office: Path, more: dict[str, str], said: str):
    before = staff(office)
    said_no(add_staff(office, **more), 2, said)
    assert staff(office) == before


def test_a_handover_gives_groups_and_open_meetings(office: Path):
    well(add(office))
    done = well(like_pkh(office, "staff", "handover", "Pak Budi", "Bu Dewi"))
    assert "3 kelompok" in done.out
    assert "1 pertemuan" in done.out
    assert (staff(office)["Pak Budi"]["kelompok"], staff(office)["Bu Dewi"]["kelompok"]) == (0, 6)
    rows = {r["name"]: r for r in like_pkh(office, "summary", "--by", "pendamping", "--json").facts["rows"]}
    assert rows["Bu Dewi"]["planned"] == 1


def test_a_lost_phone_is_revoked_in_one_command(office: Path):
    done = well(like_pkh(office, "staff", "revoke", "Pak Budi", "--phone", "0811 0000 0999"))
    assert "chat" in done.out
    assert "+6281100000999" in done.out
    assert staff(office)["Pak Budi"]["kelompok"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("remove", "Pak Siapa"), "Pak Siapa"),
        (("revoke", "Pak Siapa"), "Pak Siapa"),
        (("revoke", "Pak Budi", "--phone", "081100000903"), "sudah dipakai"),
        (("handover", "Pak Budi", "Pak Siapa"), "Pak Siapa"),
        (("handover", "Pak Budi", "Pak Budi"), "pendamping"),
        (("handover", "Pak Budi", "Bu Ratna"), "pendamping"),
    ],
)
def test_staff_who_are_not_there_are_said(office: Path, words: tuple[str, ...], said: str):
    before = staff(office)
    said_no(like_pkh(office, "staff", *words), 2, said)
    assert staff(office) == before


# --- import


@pytest.mark.parametrize("name", ["roster.csv", "roster.xlsx"])
def test_the_template_can_be_filled_in_and_imported_twice(tmp_path: Path, name: str):
    well(like_pkh(tmp_path, "import", "roster", "--template", name))
    unfilled = like_pkh(tmp_path, "import", "roster", name, "--dry-run", "--json")
    assert (unfilled.status, unfilled.facts["new"]) == (1, 0)  # its example row is nobody
    fill_in(tmp_path / name)
    facts = well(like_pkh(tmp_path, "import", "roster", name, "--dry-run", "--json")).facts
    assert (facts["dry_run"], facts["imported"], facts["new"]) == (True, False, 1)
    assert like_pkh(tmp_path, "summary", "--json").facts["rows"] == []  # it only looked
    done = well(like_pkh(tmp_path, "import", "roster", name, "--json")).facts
    assert (done["imported"], done["new"]) == (True, 1)
    again = well(like_pkh(tmp_path, "import", "roster", name, "--json")).facts
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 1)
    assert "Tidak ada yang berubah" in well(like_pkh(tmp_path, "import", "roster", name)).out


def fill_in(file: Path) -> None:
    """The example becomes a family of its own."""

    def own(text: str) -> str:
        return text.replace("CONTOH-1", "BLG-1").replace("Contoh ", "")

    if file.suffix == ".csv":
        file.write_text(own(file.read_text(encoding="utf-8-sig")), encoding="utf-8-sig")
        return
    book = load_workbook(file)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = own(cell.value)
    book.save(file)


def test_a_roster_with_a_wrong_row_is_not_imported_at_all(tmp_path: Path):
    rows = "nama pengurus,kelompok,desa,kecamatan,tanggal lahir\nSiti,Melati 1,Babayau,Batumandi,1-2-1990\n"
    (tmp_path / "roster.csv").write_text(rows + "Wati,,Babayau,Batumandi,31-02-1990\n", encoding="utf-8")
    done = like_pkh(tmp_path, "import", "roster", "roster.csv", "--json")
    assert done.status == 1
    assert done.facts["imported"] is False
    assert any(finding["row"] == 3 for finding in done.facts["findings"])
    assert like_pkh(tmp_path, "summary", "--json").facts["rows"] == []


def test_a_roster_that_is_none_is_said(tmp_path: Path):
    said_no(like_pkh(tmp_path, "import", "roster", "nothing.xlsx"), 2, "nothing.xlsx")
    said_no(like_pkh(tmp_path, "import", "roster", "--template", "roster.docx"), 2, "roster.docx")
    (tmp_path / "r.csv").write_text("x", encoding="utf-8")
    said_no(like_pkh(tmp_path, "import", "roster", "r.csv", "--missing", "hapus"), 2, "nonaktif")


# --- the rest


def test_events_that_failed_none(tmp_path: Path):
    assert well(like_pkh(tmp_path, "events", "retry", "--json")).facts == {"done": 0, "failed": 0}


def test_what_was_authored_is_in_order(tmp_path: Path):
    facts = well(like_pkh(tmp_path, "content", "check", "--json")).facts
    assert facts["faults"] == []
    assert facts["templates"] > 100
    sessions = well(like_pkh(tmp_path, "content", "list", "--json")).facts
    assert len(sessions) == facts["sessions"]
    assert {"P1", "P2", "E1", "K1"} <= {one["id"] for one in sessions}
    assert "P2" in well(like_pkh(tmp_path, "content", "list")).out
    assert list(tmp_path.iterdir()) == []
