"""What does the same word mean to different questions?"""

import pytest

from messages.reading import Expecting, read

CONTEXTS = [context.value for context in Expecting]

BY_CONTEXT: dict[str, dict[str, str]] = {
    "hadir": {"rsvp": "will_attend", "checkin": "present", "quiz": "unknown", "none": "unknown"},
    "ya": {"rsvp": "will_attend", "checkin": "present", "obligation": "done", "consent": "yes", "none": "yes"},
    "tidak": {
        "rsvp": "cannot_attend",
        "checkin": "cannot_attend",
        "obligation": "not_yet",
        "consent": "no",
        "none": "no",
    },
    "kada": {
        "rsvp": "cannot_attend",
        "checkin": "cannot_attend",
        "obligation": "not_yet",
        "consent": "no",
        "none": "no",
    },
    "sudah": {"checkin": "present", "obligation": "done", "none": "unknown"},
    "insyaallah": {"rsvp": "maybe", "checkin": "maybe", "obligation": "maybe", "consent": "maybe"},
    "terima kasih": dict.fromkeys(CONTEXTS, "thanks"),
    "assalamualaikum": dict.fromkeys(CONTEXTS, "greeting"),
    "salah sambung": dict.fromkeys(CONTEXTS, "wrong_number"),
    "kapan bu?": dict.fromkeys(CONTEXTS, "question"),
    "tolong bantu bu": dict.fromkeys(CONTEXTS, "help"),
    "hamil lagi bu": dict.fromkeys(CONTEXTS, "data_change"),
}


@pytest.mark.parametrize("text", BY_CONTEXT)
def test_the_open_question_gives_a_word_its_meaning(text):
    assert {context: read(text, context).meaning for context in BY_CONTEXT[text]} == BY_CONTEXT[text]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("insyaallah", "maybe"),
        ("insyaallah bisa", "maybe"),
        ("siap insyaallah", "maybe"),
        ("insyaallah hadir", "will_attend"),
        ("mungkin hadir", "maybe"),
        ("diusahakan hadir", "maybe"),
        ("mudahan kawa umpat", "maybe"),
        ("mugi-mugi saged rawuh", "maybe"),
        ("kalau tidak hujan saya datang", "maybe"),
        ("saya datang kalau tidak hujan", "maybe"),
        ("amun kada hujan ulun umpat", "maybe"),
        ("nek ora udan aku teko", "maybe"),
        ("walaupun hujan saya datang", "will_attend"),
        ("kalau begitu saya datang", "will_attend"),
        ("ya tapi tidak bisa", "cannot_attend"),
        ("siap bu, eh maaf tidak jadi", "cannot_attend"),
        ("kemarin tidak bisa, besok saya hadir", "will_attend"),
        ("tidak bisa besok, bisanya lusa", "cannot_attend"),
        ("oke tapi telat", "late"),
        ("suami yang datang", "represented"),
        ("saya tidak bisa, suami yang datang", "represented"),
        ("suami saya tidak bisa, saya hadir", "will_attend"),
    ],
)
def test_hedges_conditions_and_the_last_decisive_clause(text, meaning):
    assert read(text, "rsvp").meaning == meaning


@pytest.mark.parametrize("text", ["insyaallah", "mungkin hadir", "otw", "belum sampai", "kalau tidak hujan saya hadir"])
@pytest.mark.parametrize("context", ["rsvp", "checkin"])
def test_doubt_is_never_presence(text, context):
    assert read(text, context).meaning not in {"will_attend", "present"}
