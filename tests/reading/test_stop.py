"""Is "stop" heard when it is meant, and only then?"""

import pytest

from messages.reading import read

CONTEXTS = ["rsvp", "checkin", "obligation", "quiz", "consent", "who", "none"]


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        "STOP PESAN",
        "berhenti",
        "Berhenti bu",
        "ampih",
        "ampih mangirimi ulun",
        "mandheg",
        "jangan kirim lagi",
        "jangan kirim pesan lagi ke saya",
        "tolong berhenti kirim wa",
        "tidak usah dikirim lagi",
        "kada usah mangirim lagi",
        "ojo kirim maneh",
        "ampun dikirimi malih",
        "saya tidak mau terima pesan lagi",
        "stop ya bu makasih",
    ],
)
def test_a_request_to_stop_is_heard_whatever_was_asked(text):
    readings = {context: read(text, context) for context in CONTEXTS}
    assert {c: (r.meaning, r.sure) for c, r in readings.items()} == dict.fromkeys(CONTEXTS, ("stop", True))


@pytest.mark.parametrize(
    "text",
    [
        "kapan boleh berhenti kasih ASI?",
        "kapan boleh berhenti kasih asi bu",
        "hujan sudah berhenti bu",
        "hujannya ampih hanyar ulun tulak",
        "udane wis mandheg",
        "anak saya berhenti sekolah",
        "suami berhenti kerja",
        "saya berhenti minum pil KB",
        "jangan berhenti kirim ya bu",
        "jangan stop bantuan saya",
        "apa bantuan berhenti kalau saya stop pesan?",
        "kenapa bantuan saya berhenti",
        "saya tidak mau berhenti bu",
        "cara berhenti merokok",
        '"stop pesan" itu apa bu',
        "kalau berhenti gimana caranya",
    ],
)
def test_other_things_that_stop_are_no_request(text):
    assert [context for context in CONTEXTS if read(text, context).meaning == "stop"] == []


def test_stop_in_the_words_of_a_quiz_option_is_an_answer():
    options = ["Stop ASI", "Beri oralit", "Stop minum"]
    assert read("stop asi", "quiz", options=options).meaning == "answer_a"
    assert read("stop", "quiz", options=options).meaning == "stop"
