"""Which marks does a pendamping mean? Never one that she did not write."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.records import KpmId, Mark
from handlers.rules.marking import CLEAR, EVERYBODY, EXCEPT, MARKS, NOT, REST, RegisterLine, read_marks

NAMES = ["Aminah", "Halimah", "Jumiati", "Nur Aini", "Rusmini", "Siti", "Siti Rahmah", "Wati"]
LINES = [RegisterLine(number, KpmId(number * 10), name) for number, name in enumerate(NAMES, 1)]
H, I, S, A = Mark.PRESENT, Mark.EXCUSED, Mark.SICK, Mark.ABSENT  # noqa: E741


def marks(words: str, marked: dict[int, Mark] | None = None) -> dict[int, Mark | None]:
    """By number."""
    held = {KpmId(number * 10): mark for number, mark in (marked or {}).items()}
    return {int(i) // 10: mark for i, mark in read_marks(words, LINES, held).marks.items()}


def everybody(**others: Mark | None) -> dict[int, Mark | None]:
    """All hadir but those, named as n4=S; None stands for no mark at all."""
    changed = {int(name[1:]): mark for name, mark in others.items()}
    return {n: changed.get(n, H) for n in range(1, 9) if changed.get(n, H) is not None}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hadir semua", everybody()),
        ("Semua hadir.", everybody()),
        ("semuanya hadir ya", everybody()),
        ("hadir semua kecuali 4 sakit, 7 alpa", everybody(n4=S, n7=A)),
        ("hadir semua kecuali sakit 4, alpa 7", everybody(n4=S, n7=A)),
        ("hadir semua, kecuali: 4 sakit; 7 alpa", everybody(n4=S, n7=A)),
        ("hadir semua selain wati sakit", everybody(n8=S)),
        ("semua kecuali 4 sakit", everybody(n4=S)),
        ("hadir semua kecuali 4", everybody(n4=None)),
        ("hadir semua kecuali 2, 4 dan 6", everybody(n2=None, n4=None, n6=None)),
        ("hadir semua kecuali 2-4 izin", everybody(n2=I, n3=I, n4=I)),
        ("hadir kecuali 4", everybody(n4=None)),
        ("hadir kecuali 4 sakit", everybody(n4=S)),
        ("hadir semua, 4 sakit", everybody(n4=S)),
        ("semua hadir 4 sakit 7 alpa", everybody(n4=S, n7=A)),
        ("4 sakit semua hadir", everybody(n4=S)),
        ("4 sakit, 7 alpa, sisanya hadir", everybody(n4=S, n7=A)),
        ("4 sakit, yang lain hadir", everybody(n4=S)),
        ("lainnya hadir, 4 sakit", everybody(n4=S)),
        ("4 sakit\nsisanya hadir", everybody(n4=S)),
        ("hadir semua\n4 sakit\n7 alpa", everybody(n4=S, n7=A)),
        ("hadir semua\nkecuali 4 sakit", everybody(n4=S)),
        ("hadir semua kecuali\n4 sakit\n", everybody(n4=S)),
        ("hadir semua\n4 belum", everybody() | {4: None}),
        ("hapus semua", dict.fromkeys(range(1, 9))),
        ("semua alpa", dict.fromkeys(range(1, 9), A)),
    ],
)
def test_semua_and_its_exceptions(words, expected):
    assert marks(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("4 sakit", {4: S}),
        ("4 sakit, 7 alpa", {4: S, 7: A}),
        ("sakit 4, 7", {4: S, 7: S}),
        ("sakit: 4, 7; izin: 2", {4: S, 7: S, 2: I}),
        ("hadir 1 2 3 sakit 4", {1: H, 2: H, 3: H, 4: S}),
        ("1-3 hadir", {1: H, 2: H, 3: H}),
        ("1 sampai 3 hadir", {1: H, 2: H, 3: H}),
        ("1 s/d 3, 5 hadir", {1: H, 2: H, 3: H, 5: H}),
        ("1 – 3 hadir", {1: H, 2: H, 3: H}),
        ("nomor 4 skt", {4: S}),
        ("Wati ijin", {8: I}),
        ("bu wati & bu halimah hadir", {8: H, 2: H}),
        ("nur aini alfa", {4: A}),
        ("aini alpa", {4: A}),
        ("siti sakit", {6: S}),
        ("Siti Rahmah sakit", {7: S}),
        ("rahmah sakit", {7: S}),
        ("1 h 2 i 3 s 4 a", {1: H, 2: I, 3: S, 4: A}),
        ("1. hadir\n2. sakit", {1: H, 2: S}),
        ("1. Aminah hadir\n2. Halimah sakit", {1: H, 2: S}),
        ("4 tanpa keterangan", {4: A}),
        ("4 sakit\n4 hadir", {4: H}),
        ("kosong 4", {4: None}),
        ("4 belum diketahui", {4: None}),
        ("1-6 hadir kecuali 4 sakit", {1: H, 2: H, 3: H, 4: S, 5: H, 6: H}),
        ("kecuali 4 sakit", {4: S}),
    ],
)
def test_single_lines(words, expected):
    assert marks(words) == expected


@pytest.mark.parametrize(
    "words",
    [
        "4 tidak hadir",
        "tidak semua hadir",
        "belum semua hadir",
        "wati kada hadir",
        "hadir semua, 4 tidak",
        "hadir semua kecuali 4 tidak hadir",
        "hadir semua kecuali Rukayah",
        "hadir semua kecuali 99",
        "hadir 12 orang",
        "ada 5 orang hadir",
        "semua",
        "hadir",
        "sakit 4, 7 alpa",
        "4, 7 sakit semua",
        "semua hadir semua",
        "hadir semua kecuali 4 sakit kecuali 5",
        "99 sakit",
        "0 sakit",
        "5-2 hadir",
        "1-99 hadir",
        "3. Wati sakit",
        "rukayah sakit",
        "sisanya",
        "nur dan wati rukayah izin",
        "²  hadir",
        "9" * 5000,
    ],
)
def test_unclear_words_mark_nobody_and_are_named(words):
    found = read_marks(words, LINES, {})
    assert found.marks == {}
    assert found.unclear


def test_what_is_clear_beside_it_still_counts():
    found = read_marks("Wati sakit, Rukayah izin", LINES, {})
    assert (found.marks, found.unclear) == ({80: S}, ["rukayah izin"])


def test_a_number_without_a_mark_is_named_by_its_family():
    assert read_marks("4, 8", LINES, {}).unclear == ["Nur Aini", "Wati"]


def test_sisanya_spares_what_the_register_holds_already():
    assert marks("sisanya hadir", {1: A, 2: S}) == dict.fromkeys(range(3, 9), H)
    assert marks("hadir semua", {1: A}) == everybody()


def test_kecuali_takes_away_the_very_mark_and_leaves_another():
    assert marks("hadir semua kecuali 4", {4: H}) == everybody(n4=None) | {4: None}
    assert marks("hadir semua kecuali 4", {4: S}) == everybody(n4=None)
    assert marks("kecuali 4", {4: H}) == {4: None}


def test_who_is_named_in_unclear_words_is_not_swept_in_by_semua():
    found = read_marks("hadir semua\n4 tidak\nWati, Rukayah izin", LINES, {})
    assert {int(i) // 10 for i in found.marks} == {1, 2, 3, 5, 6, 7}
    assert found.unclear == ["4 tidak", "wati, rukayah izin"] or found.unclear == ["4 tidak", "wati rukayah izin"]


@pytest.mark.parametrize("name", ["Aminah H", "Siti A", "Hj. Rusmini", "Ma'mun", "Nor-Ainun", "Sisanya", "S"])
def test_names_that_look_like_our_words_are_still_names(name):
    lines = [RegisterLine(1, KpmId(1), name), RegisterLine(2, KpmId(2), "Wati")]
    found = read_marks(f"{name} sakit", lines, {})
    assert found.marks.get(KpmId(1), S) is S
    assert H not in found.marks.values()


WORDS = st.sampled_from(
    [
        *MARKS,
        *CLEAR,
        *EVERYBODY,
        *REST,
        *NOT,
        "kecuali",
        "selain",
        "tanpa",
        "yang",
        "dan",
        ",",
        ";",
        ".",
        "\n",
        "-",
        ":",
        "bu",
        *NAMES,
        *map(str, range(0, 11)),
        "1-3",
        "5 sampai 7",
        "orang",
        "Rukayah",
        "²",
        "٣",
        "selesai",
        "tanpa keterangan",
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=12).map(" ".join))


@given(TEXTS, st.dictionaries(st.integers(1, 8), st.sampled_from(Mark), max_size=4))
@example("hadir " + "9" * 5000, {})
@example("hadir semua kecuali", {})
def test_any_text_is_read_without_a_fault(words, marked):
    found = read_marks(words, LINES, {KpmId(n * 10): mark for n, mark in marked.items()})
    assert set(found.marks) <= {line.kpm_id for line in LINES}
    assert all(found.unclear)


@given(TEXTS)
def test_hadir_needs_a_word_for_it(words):
    if H in read_marks(words, LINES, {}).marks.values():
        said = set(re.findall(r"[^\W\d_]+", words.lower()))
        assert said & {"hadir", "hdr", "h", "datang"} or re.search(EXCEPT, words.lower())


@given(
    st.sampled_from(["hadir semua", "semua hadir", "hadir", "1-8 hadir", "sisanya hadir"]),
    st.sampled_from([" kecuali ", ", kecuali ", "\nkecuali ", " selain ", ". Kecuali "]),
    st.lists(st.integers(1, 8), min_size=1, max_size=3, unique=True),
    st.sampled_from(["", " sakit", " alpa", " izin"]),
)
def test_who_is_named_after_kecuali_is_never_hadir(bulk, but, numbers, mark):
    found = marks(bulk + but + ", ".join(map(str, numbers)) + mark)
    assert all(found.get(number) is not H for number in numbers)


@given(
    st.sampled_from(["hadir semua", "semua hadir", "sisanya hadir", ""]),
    st.sampled_from([", ", "\n", "; ", ". ", " "]),
    st.sampled_from(sorted(NOT)),
    st.integers(1, 8),
    st.sampled_from(["", " hadir", " datang", " bisa hadir"]),
    st.booleans(),
)
def test_who_is_named_with_a_negator_is_never_hadir(bulk, gap, no, number, verb, by_name):
    who = NAMES[number - 1] if by_name else str(number)
    found = marks(f"{bulk}{gap}{who} {no}{verb}")
    assert found.get(number) is not H
