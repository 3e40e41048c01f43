"""Is danger heard in every language and whatever was asked, and not where there is none?"""

import pytest

from messages.reading import read

CONTEXTS = ["rsvp", "checkin", "obligation", "quiz", "consent", "who", "none"]


@pytest.mark.parametrize(
    "text",
    [
        "istri saya perdarahan",
        "saya pendarahn bu",
        "anak saya kejang",
        "anak ulun kajang-kajang bu ai",
        "lare kulo step bu",
        "sesak napas bu",
        "bayi sasak hinak",
        "bayi saya lemas",
        "bayi kada mau manyusu, lamah",
        "saya dipukul suami",
        "laki ulun mamukuli ulun",
        "bojoku ngantemi aku",
        "anak saya diperkosa",
        "saya mau mati saja",
        "ulun handak mati haja",
        "kepengin mati bu",
        "ingin bunuh diri",
        "takut kejang lagi bu",
        "ketuban saya pecah",
        "keluar darah banyak bu",
        "bojoku semaput",
        "maaf tidak bisa hadir, anak kejang",
        "hadir bu tapi istri saya perdarahan",
        "stop! anak saya kejang",
    ],
)
def test_danger_comes_before_everything_else(text):
    assert {context: read(text, context).meaning for context in CONTEXTS} == dict.fromkeys(CONTEXTS, "urgent")


@pytest.mark.parametrize(
    "text",
    [
        "darah tinggi saya kambuh",
        "tablet tambah darah",
        "bantuan jangan dipukul rata",
        "mati lampu di sini",
        "hp saya mati",
        "pukul 9 bu",
        "anak tidak kejang lagi",
        "kejang itu apa bu",
        "cara mencegah kejang bagaimana",
        "cek darah di puskesmas",
        "motor mati di jalan",
        "saya lemas bu",
    ],
)
def test_ordinary_matters_are_no_emergency(text):
    assert read(text, "none").meaning != "urgent"


@pytest.mark.parametrize(
    "text", ["saya keguguran", "bayinya sudah tidak ada", "kada ada lagi bayinya", "anak ulun maninggal", "suami wafat"]
)
def test_a_loss_in_the_household_is_a_loss(text):
    assert {context: read(text, context).meaning for context in CONTEXTS} == dict.fromkeys(CONTEXTS, "loss")


def test_a_death_outside_the_household_keeps_her_from_coming():
    reading = read("tetangga meninggal jadi tidak bisa hadir", "rsvp")
    assert (reading.meaning, reading.details, reading.sure) == ("cannot_attend", {"reason": "duka"}, True)


def test_the_death_of_a_parent_is_kept_beside_the_refusal():
    reading = read("mertua saya meninggal, tidak bisa hadir", "rsvp")
    assert (reading.meaning, reading.details) == ("cannot_attend", {"reason": "duka", "loss": True})


def test_a_danger_among_the_options_of_a_quiz_is_an_answer():
    assert read("kejang", "quiz", options=["Demam", "Kejang", "Batuk"]).meaning == "answer_b"
    assert read("anak saya kejang bu", "quiz", options=["Demam", "Batuk"]).meaning == "urgent"
