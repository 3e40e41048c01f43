"""Is every quiz question kind, honest and short enough, and does its loader refuse what is not?"""

import re
from collections import Counter, defaultdict

import pytest
from pydantic import ValidationError

from data.content import quizzes
from data.content.quizzes import BASELINE, FORBIDDEN, HK, LEAST_PER_SESSION, Item, Practice, faults, items, practices
from data.content.sessions import sessions
from messages.checks import FORBIDDEN as NEVER_SAID
from messages.reading import Expecting, read

SESSIONS = [s.id for s in sessions()]
NAME = "Ibu Siti Nurhaliza"
NAMES = "Ibu Aminah dan Ibu Rusmini"
SCORE = "3 dari 3"

BY_SESSION: dict[str, list[Item]] = defaultdict(list)
for _item in items():
    BY_SESSION[_item.session].append(_item)


# --- the whole bank


def test_every_session_and_hk_have_enough_questions():
    assert list(faults()) == []
    assert set(BY_SESSION) == {HK, *SESSIONS}
    assert len(SESSIONS) == 29
    assert all(len(mine) >= LEAST_PER_SESSION for mine in BY_SESSION.values())
    assert len(BY_SESSION[HK]) >= 18
    assert len(items()) >= 135


def test_every_session_leaves_one_practice():
    assert list(practices()) == SESSIONS


def test_the_baseline_is_five_questions_and_five_equals():
    forms = Counter((item.session, item.form) for item in items() if item.form)
    assert forms == {(HK, "awal"): BASELINE, (HK, "lanjutan"): BASELINE}
    pairs = [("HK-01", "HK-23"), ("HK-03", "HK-24"), ("HK-05", "HK-25"), ("HK-06", "HK-27"), ("HK-12", "HK-26")]
    by_id = {item.id: item for item in items()}
    for first, later in pairs:
        assert (by_id[first].form, by_id[later].form) == ("awal", "lanjutan")
        assert len(by_id[first].options) == len(by_id[later].options)


def test_the_right_answer_cannot_be_guessed_from_its_place():
    places = Counter(item.right for item in items())
    assert {
        letter: round(n / len(items()), 2) for letter, n in places.items() if not 0.25 <= n / len(items()) <= 0.42
    } == {}


@pytest.mark.parametrize("extreme", [max, min])
def test_the_right_answer_cannot_be_guessed_from_its_length(extreme):
    share = sum(len(item.answer) == extreme(map(len, item.options)) for item in items()) / len(items())
    assert share < 0.45


def test_what_a_bidan_must_read_is_marked():
    for item in items():
        medical = item.session in {"K1", "K2", "K3"} or item.session.startswith("T")
        wanted = "perlu ditinjau" if medical or "recalled: medium" in item.source else "draf"
        assert (item.id, item.review) in {(item.id, wanted), (item.id, "ditinjau")}
    for practice in practices().values():
        assert practice.review in {"perlu ditinjau" if practice.session[0] in "KT" else "draf", "ditinjau"}


@pytest.mark.parametrize("item", items(), ids=lambda item: item.id)
def test_a_question_is_plain(item):
    assert re.fullmatch(r"[A-Z0-9].*\?", item.question)
    assert re.fullmatch(r"[A-Z0-9].*\.", item.explanation)
    assert not re.search(r"[.!?]\s", item.explanation), "one sentence"
    for text in (item.question, *item.options, item.explanation):
        assert text == " ".join(text.split())
        assert not re.search(r"\b[Aa]nda\b|https?:|www\.|\d{5}", text)
        assert not FORBIDDEN.search(text)
        assert not NEVER_SAID.search(text)


@pytest.mark.parametrize("item", items(), ids=lambda item: item.id)
def test_every_answer_can_be_written_in_its_words(item):
    for letter, option in zip("abc", item.options, strict=False):
        for written in (option, option.lower(), option.upper(), f"{letter}. {option}", f"{option} bu"):
            reading = read(written, Expecting.QUIZ, options=item.options)
            assert (reading.meaning, reading.sure) == (f"answer_{letter}", True), written


@pytest.mark.parametrize("practice", practices().values(), ids=lambda practice: practice.session)
def test_a_practice_completes_its_sentence(practice):
    for text in (practice.remember, practice.practice):
        assert re.fullmatch(r"(?:ASI|[a-z]).*\.", text)
        assert not re.search(r"[.!?]\s", text)
        assert not re.search(r"\b[Aa]nda\b|\bminggu (?:ini|lalu)\b|\bbeli\b", text)
        assert not FORBIDDEN.search(text)
        assert not NEVER_SAID.search(text)


def made(**changed: object) -> Item:
    """A good item with something changed."""
    good: dict[str, object] = {
        "id": "P2-99",
        "version": 1,
        "question": "Kapan anak dipuji?",
        "options": ["Saat itu juga", "Nanti malam"],
        "right": "a",
        "explanation": "Pujian yang segera lebih berarti bagi anak.",
        "source": "recalled: high",
        "review": "draf",
    }
    return Item.model_validate(good | changed)


THREE = ["satu", "dua", "tiga"]
# Each limit from both sides: what is still good, and what is not.
LIMITS = {
    "question, short": ({"question": "q" * 10}, {"question": "q" * 9}),
    "question, long": ({"question": "q" * 152, "options": ["a", "b"]}, {"question": "q" * 161, "options": ["a", "b"]}),
    "together, two": ({"question": "q" * 152, "options": ["a", "b"]}, {"question": "q" * 153, "options": ["a", "b"]}),
    "together, three": ({"question": "q" * 140, "options": THREE}, {"question": "q" * 141, "options": THREE}),
    "fewest options": ({"options": ["ya", "tidak"]}, {"options": ["ya"]}),
    "most options": ({"options": THREE}, {"options": [*THREE, "empat"]}),
    "option, long": ({"options": ["o" * 20, "tidak"]}, {"options": ["o" * 21, "tidak"]}),
    "options alike": ({"options": ["Sekali", "Sekali lagi"]}, {"options": ["Sekali", "sekali"]}),
    "right is there": ({"options": THREE, "right": "c"}, {"right": "c"}),
    "right is a letter": ({"right": "b"}, {"right": "d"}),
    "explanation, short": ({"explanation": "e" * 10}, {"explanation": "e" * 9}),
    "explanation, long": ({"explanation": "e" * 95}, {"explanation": "e" * 96}),
    "version": ({"version": 1}, {"version": 0}),
    "source": ({"source": "s" * 3}, {"source": "s" * 2}),
    "review": ({"review": "ditinjau"}, {"review": "bagus"}),
    "form": ({"form": "lanjutan"}, {"form": "akhir"}),
    "id, session": ({"id": "HK-01"}, {"id": "HKX-01"}),
    "id, number": ({"id": "T15-100"}, {"id": "T15-1"}),
    "nothing unknown": ({}, {"points": 3}),
}


@pytest.mark.parametrize(("good", "refused"), LIMITS.values(), ids=LIMITS)
def test_both_sides_of_every_limit_of_a_question(good, refused):
    made(**good)
    with pytest.raises(ValidationError):
        made(**refused)


def test_an_empty_option_is_refused():
    with pytest.raises(ValidationError):
        made(options=["", "tidak"])


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("Modalnya Rp5.000 sehari", True),
        ("Modalnya rp 50 sehari", True),
        ("Dapat 3 juta setahun", True),
        ("Harganya 20ribu saja", True),
        ("Ada sanksi untuk itu", True),
        ("Bantuan ditangguhkan dulu", True),
        ("Bantuan DIHENTIKAN dulu", True),
        ("Namanya dicoret nanti", True),
        ("Kartunya kena blokir", True),
        ("Itu hukuman baginya", True),
        ("Uangnya dipotong ketua", True),
        ("Anak itu memang bodoh", True),
        ("Orang itu memang jahat", True),
        ("Ada ribuan penerima PKH", False),
        ("Anak dilahirkan 3 jam lalu", False),
        ("Dengarkan tanpa memotong", False),
        ("Batasnya 85 persen hari", False),
    ],
)
@pytest.mark.parametrize("place", ["question", "explanation", "option"])
def test_amounts_threats_and_insults_are_refused(text, forbidden, place):
    if place == "option" and len(text) > quizzes.OPTION:
        found = FORBIDDEN.search(text)
        changed: dict[str, object] = {"options": [found[0] if found else text[: quizzes.OPTION], "tidak"]}
    else:
        changed = {"options": [text, "tidak"]} if place == "option" else {place: text}
    if forbidden:
        with pytest.raises(ValidationError, match="tidak boleh ada dalam kuis"):
            made(**changed)
    else:
        made(**changed)


@pytest.mark.parametrize(
    ("good", "refused"),
    [
        ({"remember": "r" * 10}, {"remember": "r" * 9}),
        ({"remember": "r" * 120}, {"remember": "r" * 121}),
        ({"practice": "p" * 10}, {"practice": "p" * 9}),
        ({"practice": "p" * 140}, {"practice": "p" * 141}),
        ({"review": "perlu ditinjau"}, {"review": "nanti"}),
        ({}, {"cost": "gratis"}),
    ],
)
def test_both_sides_of_every_limit_of_a_practice(good, refused):
    usual = {"session": "P2", "remember": "puji yang baik.", "practice": "puji anak segera.", "review": "draf"}
    Practice.model_validate(usual | good)
    with pytest.raises(ValidationError):
        Practice.model_validate(usual | refused)


# --- what the bank as a whole refuses


LONG_RIGHT: dict[str, object] = {"options": ["Saat itu juga", "Nanti"], "right": "a"}
SHORT_RIGHT: dict[str, object] = {"options": ["Nanti malam saja", "Segera"], "right": "b"}


def with_p2(*changes: dict[str, object]) -> list[str]:
    """The faults of the bank when P2 has these questions instead of its own."""
    others = [item for item in items() if item.session != "P2"]
    return list(faults([*others, *(made(id=f"P2-{90 + n}", **change) for n, change in enumerate(changes))]))


def test_a_session_needs_four_questions():
    assert with_p2(LONG_RIGHT, SHORT_RIGHT, SHORT_RIGHT, SHORT_RIGHT) == []
    assert with_p2(LONG_RIGHT, SHORT_RIGHT, SHORT_RIGHT) == ["P2: 3 pertanyaan, paling sedikit 4"]


def test_the_longest_or_the_same_place_must_not_always_be_right():
    long_b: dict[str, object] = {"options": ["Nanti", "Saat itu juga"], "right": "b"}
    short_a: dict[str, object] = {"options": ["Segera", "Nanti malam saja"], "right": "a"}
    assert with_p2(LONG_RIGHT, long_b, long_b, SHORT_RIGHT) == []
    assert with_p2(LONG_RIGHT, long_b, long_b, LONG_RIGHT) == ["P2: jawaban benar selalu yang terpanjang"]
    assert with_p2(LONG_RIGHT, short_a, LONG_RIGHT, long_b) == []
    assert with_p2(LONG_RIGHT, short_a, LONG_RIGHT, short_a) == ["P2: jawaban benar selalu di tempat yang sama"]


def test_an_id_is_used_once():
    twice = next(item for item in items() if item.form is None)
    assert list(faults([*items(), twice])) == [f"{twice.id}: id dua kali"]


@pytest.mark.parametrize("form", ["awal", "lanjutan"])
def test_the_baseline_is_neither_four_nor_six(form):
    one = next(item for item in items() if item.form == form)
    fewer = [item.model_copy(update={"form": None}) if item is one else item for item in items()]
    more = [*items(), one.model_copy(update={"id": "HK-99"})]
    assert list(faults(fewer)) == [f"HK {form}: 4 pertanyaan, harus 5"]
    assert list(faults(more)) == [f"HK {form}: 6 pertanyaan, harus 5"]


def test_a_session_without_a_practice_is_told(monkeypatch):
    monkeypatch.setattr(quizzes, "practices", lambda: {s: p for s, p in practices().items() if s != "T15"})
    assert list(faults()) == ["T15: belum ada praktik"]
