"""Does a negation reach what it denies, and nothing else?"""

from itertools import product

import pytest

from messages.reading import Reading, read

NEGATORS = ["tidak", "tdk", "gak", "ga", "nggak", "ndak", "tak", "kada", "kd", "kdd", "ora", "ra", "mboten", "boten"]
COMING = ["hadir", "datang", "bisa", "bisa hadir", "ikut", "umpat", "kawa", "kawa umpat", "saged", "rawuh", "iso teko"]
ARRIVING = ["sampai", "datang", "di balai desa", "hadir"]


@pytest.mark.parametrize("frame", ["{} {}", "maaf bu {} {}", "iya bu tapi saya {} {}", "{} bu {}", "{} jadi {}"])
def test_a_denied_coming_is_never_a_promise(frame):
    said = [frame.format(negator, coming) for negator, coming in product(NEGATORS, COMING)]
    assert {text: found for text in said if (found := read(text, "rsvp").meaning) != "cannot_attend"} == {}


@pytest.mark.parametrize("cannot", ["tidak bisa", "gak bisa", "kada kawa", "mboten saged", "ora iso", "tidak jadi"])
def test_the_negation_may_stand_behind(cannot):
    said = [f"{coming} {cannot} bu" for coming in ("hadir", "datang", "ikut", "umpat", "rawuh")]
    assert {text: found for text in said if (found := read(text, "rsvp").meaning) != "cannot_attend"} == {}


@pytest.mark.parametrize("not_yet", ["belum", "blm", "balum", "durung", "dereng"])
def test_who_has_not_arrived_yet_is_not_present(not_yet):
    said = [f"{not_yet} {arriving} bu" for arriving in ARRIVING]
    assert {text: found for text in said if (found := read(text, "checkin").meaning) != "late"} == {}


@pytest.mark.parametrize(
    "text",
    [
        "tidak masalah bu, saya hadir",
        "gak papa bu hadir",
        "tidak lupa bu, hadir",
        "saya tidak keberatan hadir",
        "ga akan telat bu, hadir",
        "hadir tapi tidak bisa lama",
        "tidak ada halangan, hadir",
    ],
)
def test_fixed_phrases_deny_nothing(text):
    assert read(text, "rsvp").meaning == "will_attend"


@pytest.mark.parametrize("text", ["gabisa", "gabisahadir", "tidakhadir", "gahadir bu", "tdkbisa", "ghadir", "kadakawa"])
def test_glued_words_keep_their_negation(text):
    assert read(text, "rsvp").meaning == "cannot_attend"


@pytest.mark.parametrize("slip", ["tidka", "tidaj", "tisak", "tdj", "tdak", "tidk", "kga", "nggk", "ngak", "kadda"])
def test_a_slip_of_the_thumb_does_not_turn_a_negation_away(slip):
    assert read(f"{slip} bisa hadir bu", "rsvp").meaning == "cannot_attend"


def test_two_negations_are_asked_again():
    reading = read("bukan tidak mau hadir bu", "rsvp")
    assert reading.meaning not in {"will_attend", "present"} or not reading.sure


def test_a_plain_no_has_no_details():
    assert read("maaf bu, tidak bisa hadir", "rsvp") == Reading("cannot_attend", sure=True)
