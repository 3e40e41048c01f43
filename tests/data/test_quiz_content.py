"""Is every quiz question kind, honest and short enough, and does its loader refuse what is not?"""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import product

import pytest
from pydantic import ValidationError

from data.content import quizzes
from data.content.quizzes import BASELINE, FORBIDDEN, HK, LEAST_PER_SESSION, Item, Practice, faults, items, practices
from data.content.sessions import key_messages, sessions
from data.quiz import Quiz
from handlers.quiz.asking import REMEMBER_HK, Asked, letters_of, shown
from messages.catalog import render
from messages.checks import FRIGHTENS as NEVER_SAID
from messages.checks import KPM_LENGTH
from messages.envelope import KpmId
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


# --- what is sent


def asked(item: Item, position: int = 2) -> Asked:
    quiz = Quiz(
        id=123456,
        kpm_id=KpmId(1),
        kelompok_id=1,
        meeting_id=None,
        session=item.session,
        phase="post",
        state="started",
        items=[(item.id, 1)] * 3,
        expires=datetime(2026, 12, 1, tzinfo=UTC),
        entered_by=None,
    )
    return Asked(quiz, position, item)


def length(key: str, **params: object) -> int:
    return len(render(key, params).text)


def remembered(session: str) -> str:
    return REMEMBER_HK if session == HK else practices()[session].remember


def following(explained: Item, question: Item) -> int:
    """The longer of the two letters that explain one question and ask another."""
    told = {"explanation": explained.explanation, **shown(asked(question))}
    return max(length("quiz.right", **told), length("quiz.not_yet_right", answer=explained.answer, **told))


def last(explained: Item, remember: str) -> int:
    told = {"explanation": explained.explanation, "name": NAME, "score": SCORE, "remember": remember}
    return max(length("quiz.right_last", **told), length("quiz.not_yet_right_last", answer=explained.answer, **told))


@pytest.mark.parametrize("session", [HK, *SESSIONS])
def test_every_letter_of_a_quiz_is_short(session):
    for explained, question in product(BY_SESSION[session], repeat=2):
        assert following(explained, question) <= KPM_LENGTH, (explained.id, question.id)
    for item in BY_SESSION[session]:
        first = asked(item, 0)
        assert length("quiz.question", name=NAME, letters=letters_of(first), **shown(first)) <= KPM_LENGTH, item.id
        assert length("quiz.resumed", name=NAME, **shown(first)) <= KPM_LENGTH, item.id
        assert length("quiz.unclear", letters=letters_of(first), **shown(first)) <= KPM_LENGTH, item.id
        assert length("quiz.already", **shown(first)) <= KPM_LENGTH, item.id
        assert last(item, remembered(session)) <= KPM_LENGTH, item.id


def test_an_old_question_fits_into_the_quiz_of_any_session():
    longest_told = max(items(), key=lambda item: len(item.explanation) + len(item.answer))
    longest_asked = max(items(), key=lambda item: len(item.question) + len(str(shown(asked(item))["choices"])))
    assert following(longest_told, longest_asked) <= KPM_LENGTH
    assert last(longest_told, max(map(remembered, SESSIONS), key=len)) <= KPM_LENGTH


def test_a_question_and_an_explanation_at_their_limits_fit_together():
    options = ("b" * 20, "c" * 20, "d" * 20)
    full = made(question="Q" * (160 - 3 * 23), options=options, explanation="E" * 95)
    assert following(full, full) <= KPM_LENGTH


@pytest.mark.parametrize("session", SESSIONS)
def test_every_letter_about_a_session_is_short(session):
    title = next(s.title for s in sessions() if s.id == session)
    practice, told = practices()[session].practice, " ".join(key_messages(session))
    assert length("practice.try", names=NAMES, practice=practice) <= KPM_LENGTH
    assert length("practice.tried", names=NAMES, practice=practice) <= KPM_LENGTH
    assert length("practice.materi", title=title, messages=told) <= KPM_LENGTH


@pytest.mark.parametrize("session", SESSIONS)
def test_the_key_messages_fit_into_one_letter(session):
    told = " ".join(key_messages(session))
    assert length("practice.messages", names=NAMES, messages=told) <= KPM_LENGTH


# --- what the loader refuses


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
