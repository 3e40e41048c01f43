"""Does a roster file say what its maker meant, and is every broken row told apart?"""

import csv
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from data.intake.findings import WORDS
from data.intake.roster import CAUTION, WRONG, RosterError, apply, plan, read_roster, write_template
from data.schema import metadata
from data.store import Store

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
NIK = "6311010203040005"
HEAD = ["id_kpm", "nama pengurus", "kelompok", "desa", "kecamatan", "kabupaten", "no hp", "tanggal lahir"]
ROW = ["K1", "Mariam", "Melati 9", "Babayau", "Batumandi", "Contoh", "081100000101", "28-11-1990"]


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/roster.db", lambda: NOW)
    metadata.create_all(store.engine)
    yield store
    store.stop()


def sheet(*rows, head=HEAD, delimiter=";", before=""):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([head, *rows])
    return (before + text.getvalue()).encode()


def book(**sheets):
    made = Workbook()
    del made["Sheet"]
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def kinds(roster, level=None):
    return {f.kind for f in roster.findings if level in (None, f.level)}


# --- reading


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("before", ["", "\ufeff", "sep={}\r\n", "\ufeffsep={}\n", '"sep={}"\n'])
def test_a_csv_is_read_with_any_delimiter_bom_and_sep_line(delimiter, before):
    roster = read_roster(sheet(ROW, delimiter=delimiter, before=before.format(delimiter)), "r.csv")
    assert roster.findings == []
    (family,) = roster.families
    assert (family.where.row, family.id_kpm, family.name, family.kelompok) == (2, "K1", "Mariam", "Melati 9")
    assert (family.desa, family.kecamatan, family.kabupaten) == ("Babayau", "Batumandi", "Contoh")
    assert (family.phones, family.born) == (["6281100000101"], date(1990, 11, 28))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_windows_encodings_are_read(encoding):
    data = sheet(["K1", "Zoë", *ROW[2:]]).decode().encode(encoding)
    assert read_roster(data, "r.csv").families[0].name == "Zoë"


def test_a_heading_above_the_titles_is_skipped_and_rows_keep_their_numbers():
    rows = [["DATA KPM PKH DESA BABAYAU"], [], ["Tahun", 2026], HEAD, ROW, [None] * 8, ["K2", "", *ROW[2:]]]
    roster = read_roster(book(Sheet1=rows), "r.xlsx")
    assert [family.where.row for family in roster.families] == [5]
    assert [(f.row, f.kind) for f in roster.findings] == [(7, "no_name")]


def test_names_in_capitals_are_written_as_names_and_places_without_their_sort():
    row = ["K1", "SITI MA'RUFAH", "MELATI III", "DESA BABAYAU", "Kec. Batumandi", "KABUPATEN CONTOH"]
    (family,) = read_roster(sheet([*row, "", ""]), "r.csv").families
    assert (family.name, family.kelompok) == ("Siti Ma'rufah", "Melati III")
    assert (family.desa, family.kecamatan, family.kabupaten) == ("Babayau", "Batumandi", "Contoh")


def test_a_wide_row_brings_its_members():
    head = [*HEAD, *(f"anggota{n}_{c}" for n in (1, 2) for c in ("nama", "lahir", "komponen", "hpl", "jenjang"))]
    row = [*ROW, "Mariam", "28-11-1990", "Ibu Hamil", "12-04-2027", "", "Rizky", "15 Juni 2015", "SD", "", ""]
    roster = read_roster(sheet(row, head=head), "r.csv")
    assert roster.has_members
    mother, child = roster.families[0].members
    assert (mother.component, mother.hpl) == ("ibu_hamil", date(2027, 4, 12))
    assert (child.name, child.component, child.level, child.born) == ("Rizky", "sekolah", "SD", date(2015, 6, 15))


def test_two_sheets_are_joined_by_id_else_by_name_and_kelompok():
    families = [HEAD, ROW, ["", "Salmah", "Melati 8", *ROW[3:6], "", ""], ["", "Salmah", *ROW[2:6], "", ""]]
    members = [
        ["ID KPM", "Nama Pengurus", "Kelompok", "Nama Anggota", "Tanggal Lahir", "Komponen"],
        ["K1", "", "", "Rizky", datetime(2015, 6, 15), "Anak Sekolah"],
        [None, "salmah", "melati 8", "Jamhari", 20000, "lansia"],
        ["", "Salmah", "", "Zahra", "15-06-2023", "balita"],
        ["K7", "", "", "Zahra", "15-06-2023", "balita"],
    ]
    roster = read_roster(book(Keluarga=families, Anggota=members), "r.xlsx")
    assert [[m.name for m in f.members] for f in roster.families] == [["Rizky"], ["Jamhari"], []]
    found = [(f.sheet, f.row, f.kind) for f in roster.findings]
    assert found == [("Anggota", 4, "member_ambiguous"), ("Anggota", 5, "member_without_family")]


def test_excel_dates_and_numbers_are_read_as_they_are_shown():
    row = [101, "Mariam", "Melati 9", *ROW[3:6], 81100000101.0, datetime(1990, 11, 28)]
    (family,) = read_roster(book(keluarga=[HEAD, row]), "r.xlsx").families
    assert (family.id_kpm, family.phones, family.born) == ("101", ["6281100000101"], date(1990, 11, 28))


def test_what_the_file_does_not_say_stays_open():
    (family,) = read_roster(sheet(ROW), "r.csv").families
    assert (family.status, family.sapaan, family.ketua, family.language, family.own) == (None,) * 5


def test_where_one_row_is_ketua_the_others_are_not():
    rows = [[*ROW, "ya"], ["K2", "Salmah", *ROW[2:], ""], ["K3", "Lina", "Melati 8", *ROW[3:], ""]]
    roster = read_roster(sheet(*rows, head=[*HEAD, "ketua"]), "r.csv")
    assert [family.ketua for family in roster.families] == [True, False, None]


def test_unknown_columns_are_reported_once_and_ignored():
    rows = [[*ROW, "x", "y"], ["K2", "Salmah", *ROW[2:], "x", "y"]]
    roster = read_roster(sheet(*rows, head=[*HEAD, "golongan darah", "No"]), "r.csv")
    assert [(f.level, f.kind, f.column) for f in roster.findings] == [(CAUTION, "unknown_column", "golongan darah")]
    assert len(roster.families) == 2


def test_consent_is_not_taken_from_a_file():
    assert kinds(read_roster(sheet([*ROW, "ya"], head=[*HEAD, "Persetujuan"]), "r.csv")) == {"consent_column"}


def test_the_titles_of_a_file_without_titles_never_repeat_a_number():
    roster = read_roster(sheet(head=[NIK, "Mariam", "nama pengurus", "kelompok", f"x {NIK}"]), f"{NIK}.csv")
    assert roster.findings
    assert NIK not in repr(roster.findings)


# --- findings

WIDE = ["anggota1_nama", "anggota1_lahir", "anggota1_komponen", "anggota1_hpl"]
FULL = [*HEAD, "status", "sapaan", "bahasa", "ketua", "pendamping", *WIDE]
GOOD = {
    **dict(zip(HEAD, ROW, strict=True)),
    "id_kpm": "",
    "no hp": "",
    "tanggal lahir": "",
}
BROKEN = [
    ("no_name", {"nama pengurus": ""}),
    ("no_kelompok", {"kelompok": ""}),
    ("no_desa", {"desa": " "}),
    ("unknown_status", {"status": "aktiff"}),
    ("unknown_sapaan", {"sapaan": "Mbak"}),
    ("unknown_language", {"bahasa": "Inggris"}),
    ("unknown_ketua", {"ketua": "mungkin"}),
    ("unknown_component", {"anggota1_nama": "Rizky", "anggota1_komponen": "veteran"}),
    ("member_no_name", {"anggota1_lahir": "15-06-2015", "anggota1_komponen": "sekolah"}),
    ("phone_invalid", {"no hp": "nomor suami"}),
    ("phone_short", {"no hp": "0811"}),
    ("phone_long", {"no hp": "0811000000000000000"}),
    ("phone_foreign", {"no hp": "+60123456789"}),
    ("phone_landline", {"no hp": "05113301234"}),
    ("phone_scientific", {"no hp": "6,28E+12"}),
    ("date_impossible", {"tanggal lahir": "31-02-1990"}),
    ("date_unreadable", {"tanggal lahir": "lupa"}),
    ("date_short_year", {"tanggal lahir": "28-11-90"}),
    ("hpl_unreadable", {"anggota1_nama": "Lina", "anggota1_komponen": "hamil", "anggota1_hpl": "April"}),
    ("too_long", {"nama pengurus": "A" * 81}),
    ("not_a_name", {"nama pengurus": "12345"}),
    ("formula", {"nama pengurus": "=A1"}),
    ("garbage", {"nama pengurus": "#REF!"}),
    ("identity", {"nama pengurus": f"Mariam {NIK}"}),
    ("identity", {"no hp": NIK}),
    ("identity", {"id_kpm": "6311 0102 0304 0005"}),
    ("duplicate_id", {"id_kpm": "K1"}),
    ("duplicate_family", {"nama pengurus": "Twin"}),
    ("two_ketua", {"ketua": "ya"}),
    ("two_pendamping", {"pendamping": "Bu Dewi"}),
    ("born_future", {"tanggal lahir": "24-11-2026"}),
    ("hpl_far", {"anggota1_nama": "Lina", "anggota1_komponen": "hamil", "anggota1_hpl": "14-09-2027"}),
    ("no_kecamatan", {"desa": "Antah", "kecamatan": ""}),
    ("two_kabupaten", {"kabupaten": "Lain"}),
]
FIRST = [
    {**GOOD, "id_kpm": "K1", "nama pengurus": "Ketua", "ketua": "ya", "pendamping": "Pak Budi"},
    {**GOOD, "nama pengurus": "Twin"},
]


def broken_rows():
    rows = [*FIRST]
    for at, (_, change) in enumerate(BROKEN):
        rows.append({**GOOD, "nama pengurus": f"Nama {chr(97 + at // 26)}{chr(97 + at % 26)}", **change})
    return [[row.get(title, "") for title in FULL] for row in rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_kind_of_broken_row_is_found_in_its_row_and_nothing_is_imported(store, form):
    rows = broken_rows()
    data = sheet(*rows, head=FULL) if form == "csv" else book(keluarga=[FULL, *rows])
    roster = read_roster(data, f"rusak.{form}")

    def attempt(tx):
        made = plan(tx, roster)
        with pytest.raises(RosterError):
            apply(tx, made)
        return made

    made = store.run(attempt)
    found = {(f.row, f.kind) for f in made.findings if f.level == WRONG}
    expected = {(at, kind) for at, (kind, _) in enumerate(BROKEN, 2 + len(FIRST))}
    assert expected <= found
    assert len({kind for _, kind in found}) >= 20
    assert NIK not in repr(made.findings)
    assert "6311 0102" not in repr(made.findings)
    assert all(f.what and f.todo and f.sheet for f in made.findings)
    with store.engine.connect() as conn:
        assert all(conn.execute(select(table)).first() is None for table in metadata.sorted_tables)


def test_a_broken_row_has_no_second_finding():
    rows = broken_rows()
    roster = read_roster(sheet(*rows, head=FULL), "r.csv")
    for at, (kind, _) in enumerate(BROKEN, 2 + len(FIRST)):
        wrong = [f.kind for f in roster.findings if f.row == at and f.level == WRONG]
        assert wrong in ([kind], []), f"row {at}"


def test_what_is_only_doubtful_is_said_and_goes_on():
    rows = [
        [*ROW, "Rizky", "", "sekolah", ""],
        ["K2", "Lina", "Melati 9", "Batumandi", *ROW[4:], "Lina", "", "hamil", ""],
        ["K3", "Salmah", *ROW[2:], "Zahra", "15-06-2023", "balita", "12-04-2027"],
        ["K4", "Rahmi", *ROW[2:], "Ayah", "", "", ""],
        ["K5", "Laila", *ROW[2:], "Yanti", "", "hamil", "01-01-2026"],
    ]
    roster = read_roster(sheet(*rows, head=[*HEAD, *WIDE]), "r.csv")
    assert kinds(roster) == {
        "member_no_birth",
        "kelompok_two_desa",
        "hpl_missing",
        "hpl_not_pregnant",
        "no_component",
        "shared_phone",
    }
    assert roster.ok
    assert "5 keluarga (baris 2, 3, 4, 5, 6)" in next(f.what for f in roster.findings if f.kind == "shared_phone")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"\n\n;;\n", "empty"),
        (sheet(), "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "old_format"),
        (b"PK\x03\x04 not a workbook", "unreadable"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "unreadable"),
        (b"%PDF-1.7\n\xe2\xe3", "unreadable"),
        (b"halo, apa kabar\n", "no_header"),
        (sheet(["Mariam", "Babayau"], head=["nama", "desa"]), "missing_column"),
        (book(Sheet1=[["a"]], Sheet2=[["b"]]), "wrong_sheet"),
        (book(anggota=[["id_kpm", "nama anggota"]]), "wrong_sheet"),
        (book(keluarga=[HEAD, ROW], catatan=[["x"]]), "extra_sheet"),
        (book(keluarga=[HEAD, ROW], anggota=[["nama"], ["Rizky"]]), "missing_column"),
    ],
)
def test_a_wrong_file_is_a_finding_too(data, kind):
    assert kind in kinds(read_roster(data, "berkas"))


def test_a_file_that_is_not_there_is_a_finding(tmp_path):
    assert kinds(read_roster(tmp_path / "tidak-ada.csv")) == {"unreadable"}


def test_a_formula_in_a_workbook_is_found_where_it_stands():
    roster = read_roster(book(keluarga=[HEAD, [*ROW[:6], "=CONCAT(1;2)", "28-11-1990"]]), "r.xlsx")
    assert [(f.sheet, f.row, f.column, f.kind) for f in roster.findings] == [("keluarga", 2, "no hp", "formula")]


def test_a_formula_in_an_ignored_column_disturbs_nobody():
    roster = read_roster(book(keluarga=[["no", *HEAD], ["=ROW()", *ROW]]), "r.xlsx")
    assert roster.findings == []


def test_a_name_that_excel_took_for_a_date_is_found():
    roster = read_roster(book(keluarga=[HEAD, ["K1", "Mariam", datetime(2026, 5, 1), *ROW[3:]]]), "r.xlsx")
    assert kinds(roster) == {"garbage"}


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_are_too_strange(data):
    assert read_roster(data, "aneh").findings


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=20))
def test_a_damaged_workbook_is_a_finding_or_readable(at, noise):
    whole = book(keluarga=[HEAD, ROW])
    read_roster(whole[:at] + noise + whole[at + len(noise) :], "rusak.xlsx")
    read_roster(whole[:at], "potong.xlsx")


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=20), min_size=8, max_size=8), max_size=3))
def test_no_row_is_too_strange(rows):
    read_roster(sheet(*rows), "aneh.csv")


@settings(deadline=None)
@given(
    st.sampled_from([title for title in FULL if title != "kabupaten"]),
    st.from_regex(r"[0-9]{16}", fullmatch=True),
    st.sampled_from(["", " ", ".", "-"]),
    st.sampled_from(["{}", "Mariam {}", "{} Mariam", "({})"]),
)
def test_sixteen_digits_in_any_cell_are_refused_and_never_repeated(title, digits, between, form):
    written = form.format(between.join(digits[at : at + 4] for at in range(0, 16, 4)))
    row = {**GOOD, "anggota1_nama": "Rizky", "anggota1_komponen": "lain", title: written}
    roster = read_roster(sheet([row.get(name, "") for name in FULL], head=FULL), "r.csv")
    assert "identity" in kinds(roster, WRONG)
    for shown in (digits, written):
        assert shown not in repr(roster)


def test_every_finding_has_its_words_and_every_word_its_finding():
    folder = Path(read_roster.__code__.co_filename).parent.parent
    code = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    for kind, words in WORDS.items():
        assert re.search(rf'"{kind}"', code), kind
        assert words["level"] in (WRONG, CAUTION)
        assert words.keys() == {"level", "what", "todo"}
    spoken = re.findall(r'(?:finding|report|_report|Problem)\(\s*"(\w+)"', code)
    assert set(spoken) <= WORDS.keys()


# --- the template


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_is_understood_and_its_example_is_skipped(tmp_path, form):
    path = tmp_path / f"contoh.{form}"
    write_template(path)
    roster = read_roster(path)
    assert kinds(roster) == {"example_row", "empty"}


def test_the_workbook_helps_with_lists_text_cells_and_a_guide(tmp_path):
    write_template(tmp_path / "contoh.xlsx")
    made = load_workbook(tmp_path / "contoh.xlsx")
    assert made.sheetnames == ["keluarga", "anggota", "petunjuk"]
    family = made["keluarga"]
    at = next(cell.column_letter for cell in family[1] if cell.value == "no hp")
    assert family[f"{at}2"].number_format == family.column_dimensions[at].number_format == "@"
    assert {str(v.sqref)[0] for v in family.data_validations.dataValidation} == {"C", "J", "K", "L", "N"}


def test_a_filled_in_template_can_be_imported(tmp_path, store):
    path = tmp_path / "isi.xlsx"
    write_template(path)
    made = load_workbook(path)
    for page in ("keluarga", "anggota"):
        made[page]["A2"] = "K1"
    made["anggota"]["A3"] = "K1"
    made.save(path)
    roster = read_roster(path)
    assert roster.findings == []
    assert len(roster.families[0].members) == 2
    assert store.run(lambda tx: apply(tx, plan(tx, roster))).new == 1


def test_a_template_of_another_kind_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\.xlsx"):
        write_template(tmp_path / "contoh.pdf")
