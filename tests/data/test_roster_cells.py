"""Is every way to write a date or a number read alike, and is nothing too strange to be survived?"""

from datetime import date, datetime, time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.intake.cells import Problem, date_of, has_identity, problem_of, text_of
from data.intake.numbers import MOBILE, phone_of, phones_of
from data.intake.roster.columns import is_identity, read_columns

BIRTH = date(1990, 11, 28)
NIK = "6311010203040005"


@pytest.mark.parametrize(
    "cell",
    [
        "28/11/1990",
        "28-11-1990",
        "28.11.1990",
        "1990-11-28",
        "1990/11/28",
        "28 Nov 1990",
        "28 Nopember 1990",
        "28 NOVEMBER 1990",
        "28-Nov-1990",
        " 28 / 11 / 1990 ",
        "1990-11-28 00:00:00",
        "1990-11-28T00:00:00",
        "Babayau, 28-11-1990",
        "Sabtu, 28 Nov. 1990",
        "33205",
        33205,
        33205.0,
        BIRTH,
        datetime(1990, 11, 28),
        '="28/11/1990"',
        "28\u200b-11\u00a0-1990",
        "٢٨-١١-١٩٩٠",
    ],
)
def test_a_date_is_read_however_it_is_written(cell):
    assert date_of(cell) == BIRTH


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("31-02-1990", "date_impossible"),
        ("11/28/1990", "date_impossible"),
        ("0000-00-00", "date_impossible"),
        ("28-11-1890", "date_impossible"),
        ("28-11-90", "date_short_year"),
        ("kemarin", "date_unreadable"),
        ("1990", "date_unreadable"),
        ("28 Marz 1990", "date_unreadable"),
        ("28 ja 1990", "date_unreadable"),
        (time(9, 0), "date_unreadable"),
        (True, "date_unreadable"),
        (float("inf"), "date_unreadable"),
    ],
)
def test_what_is_no_date_says_why(cell, kind):
    found = date_of(cell)
    assert isinstance(found, Problem)
    assert found.kind == kind


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "#N/A", float("nan")])
def test_an_empty_cell_is_no_date_and_no_phone(cell):
    assert date_of(cell) is None
    assert phones_of(cell) == ([], [])


@pytest.mark.parametrize(
    "cell",
    [
        "081100000101",
        "6281100000101",
        "+6281100000101",
        "+62 811-0000-0101",
        "0811 0000 0101",
        "0811.0000.0101",
        "62 0811 0000 0101",
        "+62 (0) 811 0000 0101",
        "006281100000101",
        "81100000101",
        81100000101,
        81100000101.0,
        "81100000101.0",
        "81100000101,0",
        "'081100000101",
        '="081100000101"',
        "081100000101 (anak)",
        "081100000101\n",
        "０８１１０００００１０１",
    ],
)
def test_a_number_is_read_however_it_is_written(cell):
    assert phones_of(cell) == (["6281100000101"], [])


@pytest.mark.parametrize(
    "cell",
    [
        "081100000101/081100000102",
        "081100000101, 081100000102",
        "081100000101; 081100000102",
        "081100000101 dan 081100000102",
        "081100000101 DAN 081100000102 / 0811-0000-0101",
        "081100000101\n081100000102",
        "081100000101 081100000102",
        "081100000101 / -/ 081100000102",
    ],
)
def test_several_numbers_in_one_cell_are_all_found_once(cell):
    assert phones_of(cell) == (["6281100000101", "6281100000102"], [])


@pytest.mark.parametrize("cell", ["tidak ada", "TIDAK PUNYA", "0", "-", "n/a", 0])
def test_no_phone_is_said_in_words(cell):
    assert phones_of(cell) == ([], [])


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("0811", "phone_short"),
        ("08112345", "phone_short"),
        ("0811 0000 0000 000", "phone_long"),
        ("+60 12-345 6789", "phone_foreign"),
        ("0511 330 1234", "phone_landline"),
        ("0800 1234 5678", "phone_landline"),
        ("08xx1234567", "phone_invalid"),
        ("nomor suami", "phone_invalid"),
        ("6,28E+12", "phone_scientific"),
        (NIK, "identity"),
        ("6311 0102 0304 0005", "identity"),
        (f"081100000101 / {NIK}", "identity"),
        (f"081100000101 (NIK {NIK})", "identity"),
    ],
)
def test_what_is_no_mobile_number_says_why(cell, kind):
    assert kind in {problem.kind for problem in phones_of(cell)[1]}


@pytest.mark.parametrize("length", range(6, 17))
def test_the_edges_of_a_mobile_number(length):
    digits = "811" + "2" * (length - 3)
    assert isinstance(phone_of("0" + digits), str) == (9 <= length <= 12)


@pytest.mark.parametrize(
    "text", [NIK, f"Siti {NIK}", "6311.0102.0304.0005", "631101 020304 0005", f"x{NIK}y", "6311-0102-0304-0005 (KK)"]
)
def test_sixteen_digits_are_an_identity_number(text):
    assert has_identity(text_of(text))


@pytest.mark.parametrize(
    "text", ["081100000101", "28-11-1990 00:00:00", "123456789012345", "12345678901234567", "Siti"]
)
def test_other_numbers_are_not(text):
    assert not has_identity(text)


@pytest.mark.parametrize("text", ["=A1+1", "=HYPERLINK(1)", "#REF!", "#NAME?", "####"])
def test_formulas_and_error_words_are_no_content(text):
    assert problem_of(text) is not None


@pytest.mark.parametrize(
    "title",
    [
        "nik",
        "NIK",
        "no_nik",
        "NIK Pengurus",
        "no kk",
        "NOKK",
        "No. KK",
        "nomor kartu keluarga",
        "anggota1_nik",
        "NIK/KK",
    ],
)
def test_identity_columns_are_recognised(title):
    assert is_identity(title)


@pytest.mark.parametrize("title", ["nama pengurus", "teknik", "kecamatan", "kelompok", "unik", "no hp", "komponen"])
def test_other_columns_are_not_taken_for_identity(title):
    assert not is_identity(title)


@pytest.mark.parametrize(
    "title", ["nama pengurus", "nama_pengurus", "NAMA KPM", " Nama  Pengurus (wajib)", "Nama", "Pengurus*"]
)
def test_titles_are_known_in_many_spellings(title):
    assert read_columns([title]).family == {"name": 0}


@pytest.mark.parametrize("title", ["no hp", "HP", "No. HP", "telepon", "WA", "Nomor WhatsApp", "no hp 2", "no_hp/wa"])
def test_phone_columns_may_be_several(title):
    assert read_columns(["hp", title]).phones == [0, 1]


@pytest.mark.parametrize(
    ("title", "number", "field"),
    [
        ("anggota1_nama", 1, "name"),
        ("Anggota 2 Tanggal Lahir", 2, "born"),
        ("nama anggota 3", 3, "name"),
        ("anggota1_lahir", 1, "born"),
        ("ANGGOTA1_HPL", 1, "hpl"),
        ("komponen 4", 4, "component"),
        ("anggota1_jenjang", 1, "level"),
        ("anggota 1", 1, "name"),
    ],
)
def test_members_stand_in_groups_of_columns(title, number, field):
    assert read_columns([title]).members == {number: {field: 0}}


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.text(),
    st.text(alphabet="0123456789+-./() ,;=E\n'\"#", max_size=40),
    st.from_regex(r"[0-9]{1,4}[-/. ][A-Za-z0-9]{1,9}[-/. ][0-9]{1,4}"),
)


@settings(deadline=None)
@given(ANYTHING)
@example("\ud800")
@example("9" * 5000)
def test_no_cell_is_too_strange_for_a_date(cell):
    found = date_of(cell)
    assert found is None or isinstance(found, date | Problem)


@settings(deadline=None)
@given(ANYTHING)
@example("\ud800")
@example("0" * 5000)
def test_no_cell_is_too_strange_for_phones(cell):
    numbers, problems = phones_of(cell)
    assert all(MOBILE.fullmatch(number) and number.isascii() for number in numbers)
    assert len(numbers) == len(set(numbers))
    assert all(problem.kind.startswith("phone_") or problem.kind == "identity" for problem in problems)


@settings(deadline=None)
@given(
    st.dates(date(1901, 1, 1), date(2099, 12, 31)), st.sampled_from(["%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%d %B %Y"])
)
def test_every_date_comes_back(day, form):
    assert date_of(day.strftime(form)) == day


@settings(deadline=None)
@given(st.from_regex(r"8[1-9][0-9]{7,10}", fullmatch=True), st.sampled_from(["0{}", "62{}", "+62{}", "{}", "+62 {}"]))
def test_every_mobile_number_comes_back(national, form):
    assert phones_of(form.format(national)) == ([f"62{national}"], [])
